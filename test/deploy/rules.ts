import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/* The rules for Prometheus and their tests, as they stand in their files. */

export const folder = 'deploy/prometheus'

export interface Alert {
  alert: string
  expr: string
  for?: string
  labels: { severity: string }
  annotations: Record<string, string>
}

export interface Recording {
  record: string
  expr: string
}

interface Group {
  name: string
  rules: Array<Alert | Recording>
}

/** One look at one alert at one time of a test. */
export interface Look {
  eval_time: string
  alertname: string
  exp_alerts: Array<{ exp_labels: Record<string, string>, exp_annotations: Record<string, string> }>
}

interface Tests {
  group_eval_order: string[]
  tests: Array<{ name: string, alert_rule_test: Look[] }>
}

const read = (file: string): unknown => parse(readFileSync(`${folder}/${file}`, 'utf8'))

export const { groups } = read('alerts.yaml') as { groups: Group[] }

const rules = groups.flatMap(({ rules }) => rules)
export const alerts = rules.filter((rule): rule is Alert => 'alert' in rule)
export const recordings = rules.filter((rule): rule is Recording => 'record' in rule)

export const ruleTests = read('alerts.test.yaml') as Tests
