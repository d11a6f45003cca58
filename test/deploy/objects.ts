/* The kinds, as far as the tests look at them. That the manifests fit the whole of each is for kinds.test.ts to say. */

export interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string, labels?: Record<string, string>, annotations?: Record<string, string> }
}

interface Selector { matchLabels?: Record<string, string> }

interface Probe { httpGet?: { path: string, port: string | number, host?: string } }

interface Capabilities { add?: string[], drop?: string[] }

interface SecurityContext {
  runAsNonRoot?: boolean
  runAsUser?: number
  runAsGroup?: number
  fsGroup?: number
  seccompProfile?: { type: string }
  appArmorProfile?: { type: string }
  seLinuxOptions?: { type?: string, user?: string, role?: string }
  windowsOptions?: { hostProcess?: boolean }
  sysctls?: Array<{ name: string }>
  privileged?: boolean
  allowPrivilegeEscalation?: boolean
  readOnlyRootFilesystem?: boolean
  procMount?: string
  capabilities?: Capabilities
}

export interface Container {
  name: string
  image: string
  ports: Array<{ name: string, containerPort: number, hostPort?: number }>
  env: Array<{ name: string, value?: string }>
  envFrom: Array<{ configMapRef: { name: string } }>
  volumeMounts: Array<{ name: string, mountPath: string, readOnly?: boolean, subPath?: string }>
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe
  resources: { requests: Record<string, string>, limits: Record<string, string> }
  securityContext: SecurityContext
}

export interface Volume {
  name: string
  secret?: { secretName: string, defaultMode?: number, optional?: boolean }
  configMap?: { name: string, optional?: boolean }
  [type: string]: unknown
}

export interface Pod {
  serviceAccountName?: string
  automountServiceAccountToken?: boolean
  enableServiceLinks?: boolean
  terminationGracePeriodSeconds: number
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  securityContext: SecurityContext
  topologySpreadConstraints: Array<{ topologyKey: string, labelSelector: Selector }>
  containers: Container[]
  volumes: Volume[]
}

export interface Deployment extends Manifest {
  spec: {
    replicas?: number
    selector: Selector
    strategy: { type: string, rollingUpdate: { maxUnavailable: number, maxSurge: number } }
    template: { metadata: { labels: Record<string, string>, annotations: Record<string, string> }, spec: Pod }
  }
}

export interface Service extends Manifest {
  spec: { type: string, selector: Record<string, string>, ports: Array<{ port: number, targetPort: string }> }
}

export interface Budget extends Manifest {
  spec: { maxUnavailable: number, selector: Selector }
}

export interface Autoscaler extends Manifest {
  spec: {
    scaleTargetRef: { apiVersion: string, kind: string, name: string }
    minReplicas: number
    maxReplicas: number
    metrics: Array<{ resource: { name: string } }>
  }
}

export interface Peer {
  namespaceSelector?: Selector
  podSelector?: Selector
  ipBlock?: { cidr: string, except?: string[] }
}

interface Ports { ports?: Array<{ protocol: string, port: number }> }

export interface NetworkPolicy extends Manifest {
  spec: {
    podSelector: Selector
    policyTypes: string[]
    ingress?: Array<Ports & { from: Peer[] }>
    egress?: Array<Ports & { to: Peer[] }>
  }
}

export interface PodMonitor extends Manifest {
  spec: { selector: Selector, podMetricsEndpoints: Array<{ port: string, path: string }> }
}
