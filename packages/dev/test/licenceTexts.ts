/** As long as the real ones, and beginning like them. */
export const APACHE_TEXT: string = `
                                 Apache License
                           Version 2.0, January 2004
                        http://www.apache.org/licenses/
${"terms\n".repeat(2000)}`;

export const AGPL_TEXT: string = `GNU AFFERO GENERAL PUBLIC LICENSE
Version 3, 19 November 2007

${"terms\n".repeat(2000)}`;
