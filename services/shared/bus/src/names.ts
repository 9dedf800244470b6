/**
 * How everything begins that an installation calls by a name on a server which it may share with others (B19): its
 * subjects and inboxes on NATS, its channels and keys in Redis. Nothing else in the system makes such a name, and the
 * adapters take none that does not pass through here.
 */
export const begin = {
  onNats: (installation: string) => `syncline.${installation}.`,
  inRedis: (installation: string) => `syncline:${installation}:`,
};
