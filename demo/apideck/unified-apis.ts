/** The unified APIs that Apideck has today, each with a connector to show for it. */

export interface UnifiedApi {
  id: string
  name: string
  about: string
  /** The connector that this vault offers, and its ID. */
  connector: string
  service: string
}

const known: ReadonlyArray<[id: string, name: string, about: string, connector: string]> = [
  ['accounting', 'Accounting', 'Invoices, bills, ledger accounts and tax rates', 'QuickBooks'],
  ['ats', 'Applicant tracking', 'Jobs, applicants and applications', 'Greenhouse'],
  ['calendar', 'Calendar', 'Events and availability', 'Google Calendar'],
  ['crm', 'CRM', 'Contacts, companies and opportunities', 'HubSpot'],
  ['csp', 'Cloud service providers', 'Customers and subscriptions', 'Microsoft Partner Center'],
  ['customer-support', 'Customer support', 'Customers and their conversations', 'Zendesk'],
  ['data-warehouse', 'Data warehouse', 'Tables for reporting', 'Snowflake'],
  ['ecommerce', 'E-commerce', 'Orders, products and customers', 'Shopify'],
  ['email', 'Email', 'Messages and threads', 'Gmail'],
  ['email-marketing', 'Email marketing', 'Audiences and campaigns', 'Mailchimp'],
  ['expense-management', 'Expense management', 'Expenses and reimbursements', 'Expensify'],
  ['file-storage', 'File storage', 'Files, folders and shared links', 'Dropbox'],
  ['form', 'Forms', 'Forms and what was answered', 'Typeform'],
  ['hris', 'HRIS', 'Employees, departments and time off', 'BambooHR'],
  ['issue-tracking', 'Issue tracking', 'Tickets, comments and collections', 'Jira'],
  ['lead', 'Leads', 'Leads from forms and campaigns', 'Pipedrive'],
  ['payroll', 'Payroll', 'Pay runs and payslips', 'Gusto'],
  ['pos', 'Point of sale', 'Orders, payments and items', 'Square'],
  ['procurement', 'Procurement', 'Purchase orders and suppliers', 'Coupa'],
  ['project-management', 'Project management', 'Projects and tasks', 'Asana'],
  ['script', 'Scripts', 'Small programs between systems', 'Apideck Scripts'],
  ['sms', 'SMS', 'Text messages', 'Twilio'],
  ['spreadsheet', 'Spreadsheets', 'Workbooks and rows', 'Google Sheets'],
  ['subscription-analytics', 'Subscription analytics', 'Recurring revenue and churn', 'ChartMogul'],
  ['team-messaging', 'Team messaging', 'Channels and messages', 'Slack'],
  ['time-registration', 'Time registration', 'Time sheets and entries', 'Toggl'],
  ['transactional-email', 'Transactional email', 'Receipts and notifications', 'SendGrid'],
  ['vault', 'Vault', 'Connections and their credentials', 'Apideck Vault'],
]

const catalogue: ReadonlyMap<string, UnifiedApi> = new Map(
  known.map(([id, name, about, connector]) => [id, { id, name, about, connector, service: serviceId(connector) }])
)

/** The APIs with these IDs, in this order; all there are where none are asked for. An unknown ID is shown as it is. */
export function unifiedApis (ids: readonly string[] = []): UnifiedApi[] {
  if (ids.length === 0) return [...catalogue.values()]
  return ids.map((id) => catalogue.get(id) ??
    { id, name: id, about: 'A unified API of its own', connector: 'Sandbox', service: `${serviceId(id)}-sandbox` })
}

function serviceId (name: string) {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
}
