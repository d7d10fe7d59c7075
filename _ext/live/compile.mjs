// Compile every Python file under a folder into bytecode, with the Python that will run it.
//   node compile.mjs PYODIDE-FOLDER FOLDER…
import { createRequire } from "node:module";
import path from "node:path";

const [home, ...folders] = process.argv.slice(2).map((name) => path.resolve(name));
const { loadPyodide } = createRequire(import.meta.url)(path.join(home, "pyodide.js"));
const python = await loadPyodide({ indexURL: home + path.sep });

for (const [i, folder] of folders.entries()) {
  python.FS.mkdir(`/folder${i}`);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, `/folder${i}`);
  // Not compared with the source at import: in the browser there is none, or it is as fresh.
  python.runPython(`
    import compileall, py_compile
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir("/folder${i}", quiet=1, force=True, invalidation_mode=mode):
        raise SystemExit(1)
  `);
}
