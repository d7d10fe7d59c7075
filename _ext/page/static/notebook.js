// The door to the notebooks, notebook.html?chapter=NAME: it opens the book's version in JupyterLite.
//
// JupyterLite keeps what a reader saves in the browser, under the notebook's own path, and from
// then on would show that in place of the book's. So a saved copy that says something else than the
// book moves to a path of its own, in "mine/", before the notebook opens; this page then offers
// both. A copy with the book's own cells stays where it is: only its outputs are the reader's.
// Nothing is deleted unless the reader says so.
(() => {
  const LITE = new URL("lite/", location);
  const STORAGE = `JupyterLite Storage - ${LITE.pathname}`; // as JupyterLite calls it
  const STORES = ["files", "checkpoints"];
  const MINE = "mine/";

  const at = (path) => `${new URL("notebooks/index.html", LITE)}?path=${encodeURIComponent(path)}`;
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  // --- JupyterLite's storage: paths and what is saved under them

  // Nothing if there is none: then none is made either.
  const open = async () => {
    try {
      const request = indexedDB.open(STORAGE);
      request.onupgradeneeded = () => request.transaction.abort();
      const database = await done(request);
      if (database.objectStoreNames.contains("files")) return database;
      database.close();
    } catch {
      // A browser that keeps nothing has nothing saved.
    }
    return null;
  };

  // In one transaction, with what JupyterLite keeps beside a file: all of it happens or nothing.
  const change = (database, work) =>
    new Promise((resolve, reject) => {
      const names = STORES.filter((name) => database.objectStoreNames.contains(name));
      const transaction = database.transaction(names, "readwrite");
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
      work(names.map((name) => transaction.objectStore(name))).then(
        (made) => (result = made),
        (error) => (transaction.abort(), reject(error)),
      );
    });

  const cellsOf = (notebook) =>
    JSON.stringify(notebook?.cells?.map((cell) => [cell.cell_type, [].concat(cell.source).join("")]));

  const pad = (number) => String(number).padStart(2, "0");
  const stamp = (when) =>
    `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())} ${pad(when.getHours())}.${pad(when.getMinutes())}`;

  // If the copy saved under the chapter's path says something else than the book, it moves.
  const setAside = (database, chapter, book) =>
    change(database, async ([files, checkpoints]) => {
      const path = `${chapter}.ipynb`;
      const saved = await done(files.get(path));
      if (!saved) checkpoints?.delete(path); // JupyterLite's own note of the book as it was
      if (!saved?.content || cellsOf(saved.content) === cellsOf(book)) return;
      const base = `${MINE}${chapter} ${stamp(new Date(saved.last_modified))}`;
      let target = `${base}.ipynb`;
      for (let i = 2; (await done(files.getKey(target))) !== undefined; i += 1) {
        target = `${base} (${i}).ipynb`;
      }
      const moved = (item) => ({ ...item, path: target, name: target.slice(MINE.length) });
      files.add(moved(saved), target);
      files.delete(path);
      const notes = checkpoints && (await done(checkpoints.get(path)));
      if (notes) {
        checkpoints.put(notes.filter(Boolean).map(moved), target);
        checkpoints.delete(path);
      }
    });

  // A reader's own copies of one chapter, or of all, the last saved first.
  const copies = async (database, chapter) => {
    const own = await done(
      database.transaction("files").objectStore("files").getAll(IDBKeyRange.bound(MINE, `${MINE}\uffff`)),
    );
    return own
      .filter((item) => item.type === "notebook" && (!chapter || item.name.startsWith(`${chapter} `)))
      .sort((a, b) => (a.last_modified < b.last_modified ? 1 : -1));
  };

  const remove = (database, path) =>
    change(database, async (stores) => stores.forEach((store) => store.delete(path)));

  // --- The page

  const make = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  const paragraph = (...children) => make("p", {}, ...children);

  const listed = (database, item, show) => {
    const when = new Date(item.last_modified).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
    const label = `${item.name.split(" ")[0]}, saved ${when}`;
    const button = make("button", { type: "button", "aria-label": `Delete ${label}` }, "Delete");
    button.addEventListener("click", async () => {
      if (!confirm(`Delete your copy ${label}? It cannot be brought back.`)) return;
      await remove(database, item.path);
      show();
    });
    return make("li", {}, make("a", { href: at(item.path) }, label), " ", button);
  };

  const titleOf = (book) =>
    [].concat(book.cells[0]?.source ?? "").join("").match(/^# (.*)/)?.[1] ?? "This chapter";

  // Asked anew, so that JupyterLite, which does not ask, gets what is there today.
  const fetched = async (path) => {
    const response = await fetch(new URL(path, LITE), { cache: "no-cache" });
    if (!response.ok) throw new Error(`the server says ${response.status}`);
    return response.json();
  };

  const enter = async (place) => {
    const show = (...children) => place.replaceChildren(...children);
    if (location.protocol === "file:") {
      show(paragraph("A page opened as a file may not start Python. Serve the folder of the book, with python3 -m http.server in it, or take the notebook as a file."));
      return;
    }
    const chapter = new URLSearchParams(location.search).get("chapter");
    const list = await fetched("api/contents/all.json");
    const known = list.content.some((item) => item.name === `${chapter}.ipynb`);
    const database = await open();
    const book = known && (await fetched(`files/${chapter}.ipynb`));
    if (book && database) await setAside(database, chapter, book);
    const own = async () => (database ? copies(database, known && chapter) : []);
    if (book && !(await own()).length) {
      location.replace(at(`${chapter}.ipynb`));
      return;
    }
    const words = (some) => book ? [
      paragraph(make("a", { href: at(`${chapter}.ipynb`) }, "Open the book’s version"), ` of “${titleOf(book)}”, as it is today.`),
      paragraph(some ? "Or go on with a copy that you changed; this browser keeps it." : "You have no copy of your own any more."),
    ] : [
      ...(chapter ? [paragraph(`There is no notebook called “${chapter}”.`)] : []),
      paragraph("Every chapter opens as a notebook by the link at its top."),
      paragraph(some ? "Your own copies, which this browser keeps:" : "Copies that you change and save will be listed here."),
    ];
    const draw = async () => {
      const left = await own();
      show(...words(left.length), make("ul", {}, ...left.map((item) => listed(database, item, draw))));
    };
    await draw();
  };

  const place = document.getElementById("notebook-door");
  enter(place).catch((error) => {
    place.replaceChildren(
      paragraph(`The notebook could not be opened (${error.message}). Load this page again, or take the notebook as a file from its chapter.`),
    );
  });
})();
