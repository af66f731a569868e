// Required before a program: when it ends it prints which files and which modules of Node were loaded for it.

const { registerHooks } = require('node:module');

const before = new Set(process.moduleLoadList);
const files = [];
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files.push(url);
    return next(url, context);
  },
});
process.on('exit', () => {
  const modules = process.moduleLoadList.flatMap((entry) => {
    const name = /^NativeModule (?!internal\/)(.*)/.exec(entry)?.[1];
    return name !== undefined && !before.has(entry) ? [name] : [];
  });
  process.stdout.write(JSON.stringify({ files, modules }));
});
