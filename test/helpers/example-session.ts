/** The Session that the documentation of each of Apideck's SDKs shows, as it is. */
export const exampleSession = {
  consumer_metadata: {
    account_name: 'SpaceX',
    user_name: 'Elon Musk',
    email: 'elon@musk.com',
    image: 'https://www.spacex.com/static/images/share.jpg',
  },
  redirect_uri: 'https://mysaas.com/dashboard',
  settings: { unified_apis: ['crm'], session_length: '30m' },
  theme: {
    favicon: 'https://res.cloudinary.com/apideck/icons/intercom',
    logo: 'https://res.cloudinary.com/apideck/icons/intercom',
    primary_color: '#286efa',
    sidepanel_background_color: '#286efa',
    sidepanel_text_color: '#FFFFFF',
    vault_name: 'Intercom',
    privacy_url: 'https://compliance.apideck.com/privacy-policy',
    terms_url: 'https://www.termsfeed.com/terms-conditions/957c85c1b089ae9e3219c83eff65377e',
  },
  custom_consumer_settings: {
    feature_flag_1: true,
    tax_rates: [{ id: '6', label: '6%' }, { id: '21', label: '21%' }],
  },
}
