// Every page that a care officer sees.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { HEAVIEST, looked, open, pages } from "./pages.mjs";
import { start, visit } from "./harness.mjs";

/** Every kind of page that a care officer comes to; further filters of these are looked at as well. */
const KINDS = [
  "/", "/calendar", "/calendar/entries/{id} case", "/calendar/new", "/cases", "/cases/new", "/cases/{id}", "/cases/{id}/contacts/{id}/correct", "/cases/{id}/court",
  "/cases/{id}/documents", "/cases/{id}/done", "/cases/{id}/facts", "/cases/{id}/messages", "/cases/{id}/note", "/cases/{id}/owed", "/cases/{id}/people/new",
  "/cases/{id}/people/{id}", "/cases/{id}/proof", "/cases/{id}/tasks", "/cases/{id}/tasks/new", "/cases/{id}/timeline", "/desk", "/desk/compliance",
  "/desk/compliance/list kind state", "/desk/unlinked", "/directory", "/directory/new", "/directory/{id}", "/events", "/events/{id}",
  "/hearings/{id}", "/keys", "/letters", "/letters/printed ids", "/letters/{id}", "/me", "/me/password", "/messages", "/messages/{id}", "/notices", "/record",
  "/record/call case participant way", "/record/cps case", "/record/email case participant", "/record/note case", "/record/result case",
  "/record/saved case", "/record/voicemail case participant", "/rules", "/rules/kinds", "/rules/kinds/{name}", "/rules/limits", "/rules/packs",
  "/rules/{name}", "/search", "/tasks/{id}", "/tasks/{id}/history", "/team", "/team/work of team", "/uncopied",
];

/** Pages to which a form leads, and not a link. */
function formsLeadTo(known) {
  const found = (start) => known.filter((address) => address.startsWith(start) && !address.includes("?") && address.length > start.length + 30);
  const cases = known.filter((address) => /^\/cases\/[0-9a-f-]{36}$/.test(address)).slice(0, 3);
  const letters = found("/letters/").map((address) => address.split("/")[2]);
  return [
    ...cases.flatMap((address) => [`${address}/owed`, `${address}/tasks`, `/record/saved?case=${address.split("/")[2]}`]),
    `/letters/printed?ids=${letters.join(",")}`, "/notices", "/team/work?of=overdue&team=all", "/search?q=bram", "/search?q=zzzz",
  ];
}

let demo, all, wrong;
before(async () => {
  demo = await start();
  all = await pages(demo, "ada", formsLeadTo);
  wrong = await looked(demo, "ada", all);
});
after(async () => { await demo.close(); });

test("every page of a care officer is found by following links and forms", () => {
  const kinds = all.map((page) => page.kind);
  assert.deepEqual(KINDS.filter((kind) => !kinds.includes(kind)), []);
});

test("no page of a care officer is heavier than 100,000 bytes", () => {
  assert.deepEqual(all.filter((page) => page.bytes >= HEAVIEST), []);
});

test("no page of a care officer has a barrier at either width", () => assert.deepEqual(wrong.barriers, []));
test("no page of a care officer scrolls sideways or cuts anything off at either width", () => assert.deepEqual(wrong.misfits, []));
test("nothing of a page of a care officer is lost at twice the size", () => assert.deepEqual(wrong.zoomed, []));
test("every page of a care officer has one heading of the first order", () => assert.deepEqual(wrong.headings, []));
test("no page of a care officer breaks in the browser or asks another host for anything", () => assert.deepEqual(wrong.faults, []));

test("every page of a care officer leads whoever is not signed in to the sign-in and back", async () => {
  assert.deepEqual(await open(demo, all), []);
});

test("whoever comes to a page without a session is on it once they have signed in", async () => {
  const { page } = await visit(demo);
  await page.goto("/messages?state=held");
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill("northgate demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/messages?state=held");
});
