import { idOfName as idOf } from '@syncline/protocol';

/**
 * The id of a document that your application knows by a name of its own: `doc:${idOfName('team/42/notes')}`. The same
 * name has the same id everywhere and always, `npm run import` included; a name that is an id already is its own.
 * @throws TypeError for half a surrogate pair
 */
export function idOfName(name: string): string {
  return idOf(name);
}
