import type { Page, WebSocketRoute } from 'playwright-core';

export interface Way {
  /** From now on sockets close at once. */
  cut(): Promise<void>;
  /** From now on the sockets that are open hear nothing more from the server. */
  hush(): void;
  /** New sockets reach the server again, and hear it. */
  mend(): void;
}

/** The way of a page's sockets to the server. Call it before the page opens. */
export async function cuttable(page: Page): Promise<Way> {
  const open = new Set<WebSocketRoute>();
  let [isCut, isHushed] = [false, false];
  await page.routeWebSocket(/\/sync\//, (socket) => {
    if (isCut) return void socket.close();
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (!isHushed) socket.send(message);
    });
    open.add(socket).add(server);
  });
  return {
    cut: async () => {
      isCut = true;
      await Promise.all([...open].map((socket) => socket.close()));
      open.clear();
    },
    hush: () => void (isHushed = true),
    mend: () => void ([isCut, isHushed] = [false, false]),
  };
}

/** As a browser does that is told to keep nothing. Call it before the page opens. */
export async function denyDatabases(page: Page): Promise<void> {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
  });
}

/** Closes the page, or is asked whether to; then it stays. */
export async function asksBeforeClosing(page: Page): Promise<boolean> {
  const outcome = new Promise<boolean>((resolve) => {
    page.once('close', () => resolve(false));
    page.once('dialog', (dialog) => {
      void dialog.dismiss().then(() => resolve(dialog.type() === 'beforeunload'));
    });
  });
  await page.close({ runBeforeUnload: true });
  return outcome;
}

/** Takes all the room that the browser gives this origin, down to the last byte. */
export function fillUp(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('filler');
      opening.addEventListener('upgradeneeded', () =>
        opening.result.createObjectStore('bytes', { autoIncrement: true }),
      );
      opening.addEventListener('success', () => resolve(opening.result));
    });
    const fits = (size: number) =>
      new Promise<boolean>((resolve) => {
        const writing = database.transaction('bytes', 'readwrite');
        writing.objectStore('bytes').add(crypto.getRandomValues(new Uint8Array(size)));
        writing.addEventListener('complete', () => resolve(true));
        writing.addEventListener('abort', () => resolve(false));
      });
    for (let size = 65_536; size >= 1; size = Math.floor(size / 4)) while (await fits(size));
    database.close();
  });
}
