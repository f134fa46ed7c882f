const OKTA_DOMAINS = /^([^.]+)\.(okta|oktapreview|okta-emea|okta-gov)\.com$/u;

/** The Admin Console of an org on a domain of Okta's; `undefined` for custom domains, whose console is elsewhere. */
export function adminHostOf(host: string): string | undefined {
  const found = OKTA_DOMAINS.exec(host);
  return found === null ? undefined : `${found[1]}-admin.${found[2]}.com`;
}

/** The address of a page in the Admin Console. */
export function adminLink(adminHost: string | undefined, path: string): string | undefined {
  return adminHost === undefined ? undefined : `https://${adminHost}/admin/${path}`;
}
