// The pages that a team leader and a manager see otherwise than a care officer, or alone.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { HEAVIEST, looked, open, pages } from "./pages.mjs";
import { start } from "./harness.mjs";

/** What a team leader alone comes to, or sees more of. */
const LEADERS = [
  "/", "/cases", "/desk", "/desk/parked", "/desk/parked/{id}", "/desk/reconcile", "/events/{id}", "/me", "/notices", "/rules/packs", "/rules/test",
  "/rules/{name}", "/tasks/{id}", "/team", "/team/allocation", "/team/cover/{id}", "/team/reassign team", "/team/transfer", "/team/work of team",
];
/** What a manager alone comes to. */
const MANAGERS = ["/", "/accounts", "/desk", "/staff/new", "/staff/{id}", "/team"];
const work = () => ["/team/work?of=overdue&team=all"];

let demo, all, wrong;
before(async () => {
  demo = await start();
  const of = async (name, kinds) => (await pages(demo, name, work)).filter((page) => kinds.includes(page.kind));
  all = { dilip: await of("dilip", LEADERS), ines: await of("ines", MANAGERS) };
  const [leaders, managers] = [await looked(demo, "dilip", all.dilip), await looked(demo, "ines", all.ines)];
  wrong = Object.fromEntries(Object.keys(leaders).map((what) => [what, [...leaders[what], ...managers[what]]]));
});
after(async () => { await demo.close(); });

test("every page of team leaders and managers is found by following links", () => {
  const missing = (name, kinds) => kinds.filter((kind) => !all[name].some((page) => page.kind === kind));
  assert.deepEqual([...missing("dilip", LEADERS), ...missing("ines", MANAGERS)], []);
});

test("no page of theirs is heavier than 100,000 bytes", () => {
  assert.deepEqual([...all.dilip, ...all.ines].filter((page) => page.bytes >= HEAVIEST), []);
});

test("no page of theirs has a barrier at either width", () => assert.deepEqual(wrong.barriers, []));
test("no page of theirs scrolls sideways or cuts anything off at either width", () => assert.deepEqual(wrong.misfits, []));
test("nothing of a page of theirs is lost at twice the size", () => assert.deepEqual(wrong.zoomed, []));
test("every page of theirs has one heading of the first order", () => assert.deepEqual(wrong.headings, []));
test("no page of theirs breaks in the browser or asks another host for anything", () => assert.deepEqual(wrong.faults, []));

test("every page of theirs leads whoever is not signed in to the sign-in and back", async () => {
  assert.deepEqual(await open(demo, [...all.dilip, ...all.ines]), []);
});
