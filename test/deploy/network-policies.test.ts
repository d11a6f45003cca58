import { BlockList } from 'node:net'
import t from 'tap'
import { ofKind, theOnly, thePod } from './manifests.js'
import type { Deployment, NetworkPolicy, Peer } from './objects.js'

/* Who reaches the pods and whom they reach, all policies taken together: they only ever add to one another. */

const policies = ofKind<NetworkPolicy>('NetworkPolicy')

t.test('each policy selects the broker\'s pods, and nothing less', async (t) => {
  const { labels } = theOnly<Deployment>('Deployment').spec.template.metadata
  for (const { metadata, spec } of policies) t.strictSame(spec.podSelector, { matchLabels: labels }, metadata.name)
})

t.test('what no policy lets through is shut, both ways', async (t) => {
  const shut = policies.filter(({ spec: { ingress = [], egress = [] } }) => ingress.length + egress.length === 0)
  t.strictSame(shut.map(({ spec }) => spec.policyTypes), [['Ingress', 'Egress']])
})

t.test('a policy has rules for the ways that it names, and for no other', async (t) => {
  for (const { metadata, spec: { policyTypes, ingress, egress } } of policies) {
    if (ingress !== undefined) t.strictSame([policyTypes, egress], [['Ingress'], undefined], metadata.name)
    if (egress !== undefined) t.strictSame([policyTypes, ingress], [['Egress'], undefined], metadata.name)
  }
})

/** A rule's other side. One without selector or block is everybody. */
function told ({ namespaceSelector, podSelector, ipBlock }: Peer): string {
  if (ipBlock !== undefined) return [ipBlock.cidr, 'but', ...(ipBlock.except ?? [])].join(' ')
  const words = [namespaceSelector, podSelector].map((selector) => Object.entries(selector?.matchLabels ?? {}).map((pair) => pair.join('=')).join(','))
  return words.map((word) => word || 'all').join(' / ')
}

function ways (direction: 'ingress' | 'egress'): string[] {
  return policies.flatMap(({ spec }) => (spec[direction] ?? []).flatMap((rule) => {
    const peers = 'from' in rule ? rule.from : rule.to
    const ports = rule.ports?.map(({ protocol, port }) => `${protocol} ${port}`) ?? ['every port']
    return (peers.length === 0 ? ['everybody'] : peers.map(told)).map((peer) => `${peer}: ${ports.join(', ')}`)
  }))
}

t.test('in come the gateway and Prometheus, each to its port', async (t) => {
  t.strictSame(ways('ingress'), [
    'kubernetes.io/metadata.name=REPLACE_GATEWAY_NAMESPACE / app.kubernetes.io/name=REPLACE_GATEWAY: TCP 3000',
    'kubernetes.io/metadata.name=REPLACE_PROMETHEUS_NAMESPACE / app.kubernetes.io/name=prometheus: TCP 9464',
  ])
})

t.test('those are the ports that the container has', async (t) => {
  t.strictSame(thePod().container.ports.map(({ containerPort }) => containerPort), [3000, 9464])
})

t.test('out they get to DNS, Redis and https', async (t) => {
  t.strictSame(ways('egress'), [
    'kubernetes.io/metadata.name=kube-system / k8s-app=kube-dns: UDP 53, TCP 53',
    'kubernetes.io/metadata.name=REPLACE_REDIS_NAMESPACE / app.kubernetes.io/name=redis: TCP 6379',
    '0.0.0.0/0 but 10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16: TCP 443',
  ])
})

t.test('no namespace can have a name that is left to be replaced', async (t) => {
  const names = policies.flatMap(({ spec: { ingress = [], egress = [] } }) => [...ingress.flatMap(({ from }) => from), ...egress.flatMap(({ to }) => to)])
    .flatMap(({ namespaceSelector }) => Object.values(namespaceSelector?.matchLabels ?? {})).filter((name) => name.includes('REPLACE'))
  t.equal(names.length, 3)
  for (const name of names) {
    t.match(name, /^[\w.-]{1,63}$/, 'it is a label that the API server takes')
    t.notMatch(name, /^[a-z\d-]+$/, 'and no name of a namespace')
  }
})

const addresses: Array<[what: string, address: string, isReached: boolean]> = [
  ['a public address', '203.0.113.7', true],
  ['the service of clouds for the node\'s metadata', '169.254.169.254', false],
  ['the API server, or a pod', '10.96.0.1', false],
  ['a pod behind a carrier\'s range', '100.64.0.1', false],
  ['a machine beside the nodes', '172.31.255.254', false],
  ['a machine of an office', '192.168.1.1', false],
]

for (const [what, address, isReached] of addresses) {
  t.test(`${what} is ${isReached ? '' : 'not '}reached over https`, async (t) => {
    const blocks = policies.flatMap(({ spec: { egress = [] } }) => egress.flatMap(({ to }) => to.flatMap(({ ipBlock }) => ipBlock ?? [])))
    const isIn = (cidrs: string[]) => {
      const list = new BlockList()
      for (const [network = '', prefix] of cidrs.map((cidr) => cidr.split('/'))) list.addSubnet(network, Number(prefix))
      return list.check(address)
    }
    t.equal(blocks.some(({ cidr, except = [] }) => isIn([cidr]) && !isIn(except)), isReached)
  })
}
