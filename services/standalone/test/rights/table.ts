/**
 * What is answered to a viewer, commenter, editor and admin, and to whoever has no role in the document: to those of its
 * workspace, and to those of another one who name it. A row for every operation (at REST and MCP), for every request that
 * a pod takes over the bus, and for the socket.
 */
const TABLE = `
                        own workspace             another workspace
documents.list          200  200  200  200  200   200  200  200  200  200
documents.read          200  200  200  200  404   404  404  404  404  404
documents.create        403  403  201  201  403   403  403  201  201  403
plans.update            403  403  200  200  404   403  403  404  404  404
documents.edit          403  403  200  200  404   403  403  404  404  404
documents.rename        403  403  200  200  404   403  403  404  404  404
documents.delete        403  403  200  200  404   403  403  404  404  404
documents.undelete      403  403  200  200  404   403  403  404  404  404
documents.commands      403  403  200  200  404   403  403  404  404  404
plans.set               403  403  200  200  404   403  403  404  404  404
plans.add_step          403  403  201  201  404   403  403  404  404  404
plans.edit_step         403  403  200  200  404   403  403  404  404  404
plans.remove_step       403  403  200  200  404   403  403  404  404  404
docs.apply              403  403  200  200  404   403  403  404  404  404
keys.create             403  403  403  201  403   403  403  403  201  403
keys.list               403  403  403  200  403   403  403  403  200  403
keys.revoke             403  403  403  200  403   403  403  403  404  403
tokens.create           201  201  201  201  404   201  201  201  201  404
links.create            403  403  201  201  404   403  403  201  201  404
links.list              403  403  200  200  404   403  403  200  200  404
links.revoke            403  403  200  200  404   403  403  404  404  404
rights.list             403  403  403  200  403   403  403  403  200  403
rights.set              403  403  403  200  403   403  403  403  200  403
rights.remove           403  403  403  200  403   403  403  403  404  403

pod:read                200  200  200  200  404   404  404  404  404  404
pod:plan.create         403  403  200  200  403   403  403  403  403  403
pod:plan.update         403  403  200  200  404   404  404  404  404  404
pod:doc.create          403  403  200  200  403   403  403  403  403  403
pod:doc.apply           403  403  200  200  404   404  404  404  404  404
pod:doc.rename          403  403  200  200  404   404  404  404  404  404
pod:document.edit       403  403  200  200  404   404  404  404  404  404
pod:document.delete     403  403  200  200  404   404  404  404  404  404
pod:document.undelete   403  403  200  200  404   404  404  404  404  404
pod:document.batch      403  403  200  200  404   404  404  404  404  404

socket                  read read edit edit 4003  read read edit edit 4003
`;

/** The cells of each row, those of one's own workspace first. */
export const EXPECTED: ReadonlyMap<string, string> = new Map(
  TABLE.split('\n').flatMap((line) => {
    const [name, ...cells] = line.split(/ +/);
    return name && cells.length ? [[name, cells.join(' ')] as const] : [];
  }),
);
