import { readFileSync } from 'node:fs'

/** A query of a panel, as Grafana writes it before it fills in the variables. */
export interface Target {
  refId: string
  expr: string
  legendFormat?: string
  /** The state at one moment, not over the dashboard's time. */
  instant?: boolean
}

/** A part of the dashboard; of type `row` it is a heading. */
export interface Panel {
  id: number
  type: string
  title: string
  description?: string
  datasource?: { type: string, uid: string }
  gridPos: { x: number, y: number, w: number, h: number }
  fieldConfig?: { defaults: { unit?: string } }
  targets?: Target[]
}

interface Dashboard {
  uid: string
  title: string
  schemaVersion: number
  templating: { list: Array<{ name: string, type: string, datasource?: { uid: string } }> }
  panels: Panel[]
}

/** The dashboard as it stands in its file. */
export const dashboard = JSON.parse(readFileSync('deploy/grafana/vault-session-broker.json', 'utf8')) as Dashboard

/** What is on it, without the headings. */
export const panels = dashboard.panels.filter(({ type }) => type !== 'row')

/** A query of the dashboard that Prometheus takes as it is. */
export interface Query {
  /** The title of its panel. */
  panel: string
  refId: string
  expr: string
}

/** What Grafana would put in the place of its variables. */
export interface Variables {
  job?: string
  /** A regular expression, as Grafana makes one of what is chosen. */
  instance?: string
  /** At least four times the time between two scrapes. */
  rateInterval?: string
}

/** Each query of the dashboard with its variables filled in. */
export function queriesWith ({ job = 'vault-session-broker', instance = '.*', rateInterval = '1m' }: Variables = {}): Query[] {
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ refId, expr }) => ({
    panel: title,
    refId,
    expr: expr.replaceAll('$__rate_interval', rateInterval).replaceAll('$job', job).replaceAll('$instance', instance),
  })))
}
