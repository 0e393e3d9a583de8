// SPDX-License-Identifier: Apache-2.0
// node run.mjs DIR: events.json and rules.json of DIR, as conditions_bench writes them, through json-rules-engine.
// Prints one line: how many rules matched, over all events, and events per second.
import { readFileSync } from "node:fs";
import { Engine } from "json-rules-engine";

const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8"));
const events = read("events.json");
const engine = new Engine([], { allowUndefinedFacts: true });
for (const rule of read("rules.json")) engine.addRule(rule);

for (const event of events.slice(0, 20)) await engine.run(event); // warmed up
let matched = 0;
const begun = process.hrtime.bigint();
for (const event of events) matched += (await engine.run(event)).events.length;
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
console.log(JSON.stringify({ matched, per_second: events.length / seconds }));
