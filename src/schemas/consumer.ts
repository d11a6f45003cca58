const CONSUMER_ID = /^[A-Za-z0-9._:@/+=|~-]{1,255}$/

/** Whether a consumer ID is one that is passed on: anything else is refused, never trimmed or encoded. */
export function isConsumerId (text: string): boolean {
  return CONSUMER_ID.test(text)
}
