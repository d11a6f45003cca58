import t from 'tap'
import { ofKind, thePod } from './manifests.js'
import type { Container, Manifest, Pod, Volume } from './objects.js'

/* The Pod Security Standard "restricted", which includes "baseline": a rule a row, with a breach that it would find. */

interface Sides { pod: Pod, container: Container }

/** What a field may be at the pod and, where the container says nothing else, there. */
const both = ({ pod, container }: Sides) => [pod.securityContext, container.securityContext]

const volumeTypes = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret']
const typeOf = (volume: Volume) => Object.keys(volume).filter((key) => key !== 'name').join()

const rules: Array<[rule: string, isKept: (sides: Sides) => boolean, breach: (sides: Sides) => unknown]> = [
  ['it is no process of the host',
    (sides) => both(sides).every(({ windowsOptions }) => windowsOptions?.hostProcess !== true),
    ({ pod }) => { pod.securityContext.windowsOptions = { hostProcess: true } }],
  ['it shares no network with the host', ({ pod }) => pod.hostNetwork !== true, ({ pod }) => { pod.hostNetwork = true }],
  ['it shares no process IDs with the host', ({ pod }) => pod.hostPID !== true, ({ pod }) => { pod.hostPID = true }],
  ['it shares no IPC with the host', ({ pod }) => pod.hostIPC !== true, ({ pod }) => { pod.hostIPC = true }],
  ['it is not privileged',
    ({ container }) => container.securityContext.privileged !== true,
    ({ container }) => { container.securityContext.privileged = true }],
  ['it takes no port of the host',
    ({ container }) => container.ports.every(({ hostPort }) => hostPort === undefined),
    ({ container }) => container.ports.push({ name: 'host', containerPort: 1, hostPort: 1 })],
  ['no probe goes to another host',
    ({ container }) => [container.startupProbe, container.livenessProbe, container.readinessProbe].every((probe) => probe?.httpGet?.host === undefined),
    ({ container }) => { container.livenessProbe = { httpGet: { host: '10.0.0.1', path: '/', port: 1 } } }],
  ['AppArmor is not turned off',
    (sides) => both(sides).every(({ appArmorProfile }) => appArmorProfile?.type !== 'Unconfined'),
    ({ container }) => { container.securityContext.appArmorProfile = { type: 'Unconfined' } }],
  ['SELinux is left as it is',
    (sides) => both(sides).every(({ seLinuxOptions }) => seLinuxOptions === undefined),
    ({ pod }) => { pod.securityContext.seLinuxOptions = { user: 'system_u' } }],
  ['/proc is masked',
    ({ container }) => ['Default', undefined].includes(container.securityContext.procMount),
    ({ container }) => { container.securityContext.procMount = 'Unmasked' }],
  ['it sets nothing of the kernel\'s',
    ({ pod }) => pod.securityContext.sysctls === undefined,
    ({ pod }) => { pod.securityContext.sysctls = [{ name: 'kernel.msgmax' }] }],
  ['its volumes are of the kinds that hold no file of the host\'s',
    ({ pod }) => pod.volumes.every((volume) => volumeTypes.includes(typeOf(volume))),
    ({ pod }) => pod.volumes.push({ name: 'host', hostPath: { path: '/' } })],
  ['it gains no privilege',
    ({ container }) => container.securityContext.allowPrivilegeEscalation === false,
    ({ container }) => delete container.securityContext.allowPrivilegeEscalation],
  ['it must not run as root',
    ({ pod, container }) => (container.securityContext.runAsNonRoot ?? pod.securityContext.runAsNonRoot) === true,
    ({ container }) => { container.securityContext.runAsNonRoot = false }],
  ['its user is not root',
    (sides) => both(sides).every(({ runAsUser }) => runAsUser !== 0),
    ({ container }) => { container.securityContext.runAsUser = 0 }],
  ['its system calls are those of the runtime\'s profile',
    ({ pod, container }) => (container.securityContext.seccompProfile ?? pod.securityContext.seccompProfile)?.type === 'RuntimeDefault',
    ({ container }) => { container.securityContext.seccompProfile = { type: 'Unconfined' } }],
  ['it drops every capability',
    ({ container }) => container.securityContext.capabilities?.drop?.includes('ALL') === true,
    ({ container }) => { container.securityContext.capabilities = { drop: ['NET_RAW'] } }],
  ['it adds no capability',
    ({ container }) => container.securityContext.capabilities?.add === undefined,
    ({ container }) => { container.securityContext.capabilities = { drop: ['ALL'], add: ['NET_ADMIN'] } }],
]

for (const [rule, isKept, breach] of rules) {
  t.test(`restricted: ${rule}`, async (t) => {
    t.ok(isKept(thePod()))
    const other = thePod()
    breach(other)
    t.notOk(isKept(other), 'a breach would be found')
  })
}

t.test('the namespace refuses a pod that is less than restricted', async (t) => {
  const [namespace] = ofKind<Manifest>('Namespace')
  t.match(namespace?.metadata.labels, { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/enforce-version': 'latest' })
})

t.test('beyond that standard', async (t) => {
  const { pod, container } = thePod()
  t.match(pod.securityContext, { runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532 }, 'it runs as the image\'s user')
  t.equal(container.securityContext.readOnlyRootFilesystem, true, 'it writes no file')
  t.ok(container.volumeMounts.every(({ readOnly }) => readOnly === true), 'nor one of a volume')
  t.equal(pod.automountServiceAccountToken, false, 'it has no token for the API server')
  t.equal(pod.enableServiceLinks, false, 'no Service of the namespace becomes a variable')
})

t.test('its account is one of its own, without a token', async (t) => {
  const [account] = ofKind<Manifest & { automountServiceAccountToken?: boolean }>('ServiceAccount')
  t.equal(account?.metadata.name, thePod().pod.serviceAccountName)
  t.equal(account?.automountServiceAccountToken, false)
})
