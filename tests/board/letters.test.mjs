// The letters of a day: printed as one job, marked, put back where one jammed, held back where one must not go.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { hasNoBarrier, says, start, visit } from "./harness.mjs";

let demo;
before(async () => { demo = await start(); });
after(async () => { await demo.close(); });

const button = (page, name) => page.getByRole("button", { name });
const queued = (page) => page.locator("table.letters tbody th a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
const printed = (page) => page.locator("section[aria-labelledby=printed] li a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));

/** Puts letters that were printed back into the queue, until so many wait there. */
async function queue(page, count) {
  await page.goto("/letters?whose=all");
  const waiting = await queued(page);
  const back = (await printed(page)).slice(0, Math.max(0, count - waiting.length));
  for (const address of back) {
    await page.goto(address);
    await page.getByText("It did not go: put it back to be printed").click();
    await page.getByLabel("Why").fill("The printer jammed");
    await button(page, "Put it back").click();
    await says(page, "The letter is in the print queue again.");
  }
  await page.goto("/letters?whose=all");
  const all = await queued(page);
  assert.ok(all.length >= count, `${count} letters wait to be printed`);
  return all;
}

test("all letters come as one print job, each on a sheet of its own, under a policy that lets it do nothing", async () => {
  const { page, faults } = await visit(demo, "ada");
  const letters = await queue(page, 3);
  const [answer] = await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith("/letters/print")),
    button(page, `Print all ${letters.length}`).click(),
  ]);
  const policy = answer.headers()["content-security-policy"];
  assert.match(policy, /^default-src 'none'; style-src( 'sha256-[\w+/=]+')+; /);
  assert.match(policy, /form-action 'none'/);
  assert.doesNotMatch(policy, /unsafe|script-src/);
  await page.emulateMedia({ media: "print" });
  const sheets = await page.evaluate(() => [...document.querySelectorAll("main *")]
    .filter((part) => [getComputedStyle(part).breakBefore, getComputedStyle(part).breakAfter].includes("page")).length);
  assert.ok(sheets >= letters.length - 1, `${sheets} breaks between ${letters.length} letters`);
  assert.equal(await page.locator(".usher-bar").isVisible(), false, "the bar is not printed");
  await page.emulateMedia({ media: "screen" });
  await hasNoBarrier(page);
  assert.deepEqual(faults, []);
});

test("a print job takes a sheet for each of its letters", async () => {
  const { page } = await visit(demo, "ada");
  const letters = await queue(page, 2);
  await button(page, `Print all ${letters.length}`).click();
  await page.getByRole("link", { name: "Say what came out of the printer" }).waitFor();
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const sheets = pdf.match(/\/Type\s*\/Page\b(?!s)/g).length;
  assert.ok(sheets >= letters.length, `${sheets} sheets for ${letters.length} letters`);
});

test("what came out is marked, and what jammed stays in the queue", async () => {
  const { page } = await visit(demo, "ada");
  const letters = await queue(page, 2);
  await button(page, `Print all ${letters.length}`).click();
  await page.getByRole("link", { name: "Say what came out of the printer" }).click();
  await page.locator("input[name=id]").first().uncheck();
  const jammed = `/letters/${await page.locator("input[name=id]").first().getAttribute("value")}`;
  await button(page, "Mark what is ticked as printed").click();
  await says(page, `${letters.length - 1} letter`);
  await page.goto("/letters?whose=all");
  assert.deepEqual(await queued(page), [jammed]);
});

test("a letter that was marked is put back with a reason, which is asked for and kept", async () => {
  const { page } = await visit(demo, "ada");
  await page.goto("/letters?whose=all");
  const [address] = await printed(page);
  await page.goto(address);
  await page.getByText("It did not go: put it back to be printed").click();
  await button(page, "Put it back").click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Why").fill("It came back unopened");
  await button(page, "Put it back").click();
  await says(page, "The letter is in the print queue again. What it was to tell is owed again.");
  assert.match(await page.locator(".heading").textContent(), /Put back, because: It came back unopened/);
  await page.goto("/letters?whose=all");
  assert.ok((await queued(page)).includes(address));
});

test("a letter is looked at as it is printed, in a frame that can do nothing", async () => {
  const { page, faults } = await visit(demo, "ada");
  const [address] = await queue(page, 1);
  await page.goto(address);
  await page.frameLocator("iframe.paper").getByText(/^Our reference/).waitFor();
  assert.equal(await page.locator("iframe.paper").getAttribute("sandbox"), "");
  assert.deepEqual(faults, []);
});

test("a letter that is held back says why, and is in no print job", async () => {
  const { page } = await visit(demo, "ada");
  const letters = await queue(page, 2);
  await page.goto(letters[0].replace("letters", "messages"));
  await page.getByText("Hold it back", { exact: true }).first().click();
  await page.getByLabel("Why").first().fill("Their address is being changed");
  await button(page, "Hold it back").click();
  await says(page, "It is held back.");
  await page.goto("/letters?whose=all");
  const held = page.locator("section[aria-labelledby=held] li").filter({ has: page.locator(`a[href="${letters[0]}"]`) });
  assert.match(await held.textContent(), /Their address is being changed/);
  assert.ok(!(await queued(page)).includes(letters[0]));
});

test("without JavaScript a job is printed and marked in the same way", async () => {
  const { page: helper } = await visit(demo, "ada");
  const letters = await queue(helper, 1);
  const { page } = await visit(demo, "ada", { javaScriptEnabled: false });
  await page.goto("/letters?whose=all");
  await button(page, `Print all ${letters.length}`).click();
  await page.getByRole("link", { name: "Say what came out of the printer" }).click();
  await button(page, "Mark what is ticked as printed").click();
  await says(page, `${letters.length} letter`);
});
