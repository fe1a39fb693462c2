/** The query of the seed's receiver: every PhoneStatus event matches. */
export const SEED_QUERY = `
  declare namespace f='http://www.gonicus.de/Events';
  let $e := ./f:Event
  return $e/f:PhoneStatus
`;
