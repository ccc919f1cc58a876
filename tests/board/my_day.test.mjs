// A care officer's list: by mouse, by keyboard alone, without JavaScript, and while a colleague works on it as well.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { start, visit } from "./harness.mjs";

let demo;
before(async () => { demo = await start(); });
after(async () => { await demo.close(); });

const rows = (page) => page.locator("[data-task]");
const said = (page) => page.locator(".said").textContent();
/** Waits until the page says this: a press leads to a page of its own, which takes a moment. */
const says = (page, words) => page.waitForFunction((words) => document.querySelector(".said")?.textContent === words, words, { timeout: 10_000 });

test("the list begins with what is most pressing and says both clocks in words", async () => {
  const { page, faults } = await visit(demo, "ada");
  const groups = await page.locator(".group > h2").allTextContents();
  const order = ["On top", "Before all else", "Overdue", "Today", "Next", "Not before another day"];
  const places = groups.map((words) => order.findIndex((group) => words.startsWith(group)));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
  assert.match(await page.locator(".group.overdue .clock").first().textContent(), /^overdue since /);
  assert.deepEqual(faults, []);
});

test("by keyboard alone a task is seen, started, tried, pinned and put aside", async () => {
  const { page } = await visit(demo, "ada");
  await page.keyboard.press("j");
  const first = await page.evaluate(() => document.activeElement.id);
  assert.match(first, /^t-/);
  for (const [key, words] of [["a", "Seen."], ["s", "Started."], ["p", "Pinned."], ["p", "No longer pinned."]]) {
    await page.keyboard.press(key);
    await says(page, words);
    assert.equal(await page.evaluate(() => document.activeElement.id), first, `after ${key} the task is still in hand`);
  }
});

test("without JavaScript the same buttons do the same", async () => {
  const { page } = await visit(demo, "bram", { javaScriptEnabled: false });
  const row = rows(page).first();
  await row.getByRole("button", { name: "Start" }).click();
  assert.equal(await said(page), "Started.");
  await page.getByLabel("Remind me").fill("Ring the listing office");
  await page.getByRole("button", { name: "Add" }).click();
  assert.match(await page.locator("#g-own").textContent(), /Ring the listing office/);
  await page.locator("#g-own").getByRole("button", { name: "Done" }).click();
  assert.equal(await page.locator("#g-own").count(), 0);
});

test("a form with errors says what is wrong on top and beside the field, and keeps what was typed", async () => {
  const { page } = await visit(demo, "ada");
  await page.getByRole("link", { name: /what they need to come to court/ }).first().click();
  await page.getByLabel(/^Notes/).fill("She asked about the car park");
  await page.getByRole("button", { name: "Save" }).click();
  const summary = page.getByRole("alert");
  assert.match(await summary.textContent(), /Choose what came of it/);
  assert.equal(await page.evaluate(() => document.activeElement.className), "error-summary");
  assert.equal(await page.getByLabel(/^Notes/).inputValue(), "She asked about the car park");
  await summary.getByRole("link").click();
  assert.match(page.url(), /#f-outcome$/);
});

test("of two people on one task the second is told, and neither loses a word", async () => {
  const [one, two] = [await visit(demo, "cerys"), await visit(demo, "dilip")];
  await one.page.locator(".task .title").first().click();
  await one.page.waitForURL(/\/tasks\//);
  await two.page.goto(one.page.url());
  await one.page.getByRole("button", { name: "Back to the team’s queue" }).click();
  assert.match(await said(one.page), /queue/);
  await two.page.getByLabel(/^Notes/).fill("What I heard meanwhile");
  for (const said of await two.page.locator("#do input[name=all], #do input[name=check]").all()) await said.check();
  await two.page.locator("#do input[name=outcome]").first().check();
  await two.page.getByRole("button", { name: "Save" }).click();
  assert.equal(await two.page.getByRole("alert").count(), 1);
  assert.equal(await two.page.getByLabel(/^Notes/).inputValue(), "What I heard meanwhile");
});

test("a list that is open follows what a colleague does, and keeps what is being typed", async () => {
  const [mine, theirs] = [await visit(demo, "ada"), await visit(demo, "dilip")];
  const before = await rows(mine.page).count();
  const target = await mine.page.locator(".task .title").last().getAttribute("href");
  await mine.page.getByLabel("Remind me").fill("half a sentence");
  await theirs.page.goto(target);
  await theirs.page.getByLabel("Give it to").selectOption({ label: "Cerys Tallow" });
  await theirs.page.getByRole("button", { name: "Give" }).click();
  await mine.page.waitForFunction((count) => document.querySelectorAll("[data-task]").length < count, before, { timeout: 15_000 });
  assert.equal(await mine.page.getByLabel("Remind me").inputValue(), "half a sentence");
});

test("a form that is sent after the session ended is kept through the sign-in and sent by one press", async () => {
  const { page, context } = await visit(demo, "esme");
  await page.getByLabel("Remind me").fill("Write to the court about the screen");
  const cookies = await context.cookies();
  await context.clearCookies();
  await page.getByRole("button", { name: "Add" }).click();
  assert.match(await page.locator("main").textContent(), /What you filled in is kept/);
  assert.ok(cookies.every((cookie) => cookie.httpOnly));
  await page.getByLabel("Name").fill("esme");
  await page.getByLabel("Password").fill("northgate demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Send it now" }).click();
  assert.match(await page.locator("#g-own").textContent(), /about the screen/);
});

test("what is to be rung again is shown whatever one filters by, and so is what is new", async () => {
  const { page } = await visit(demo, "ada");
  const ring = page.locator("section.today", { hasText: "To ring again today" });
  const all = await ring.locator("li").count();
  await page.goto("/?priority=P4");
  assert.equal(await ring.locator("li").count(), all);
});

test("a reminder for a day that is past is refused beside its field, with what was typed", async () => {
  const { page } = await visit(demo, "ada");
  await page.getByLabel("Remind me").fill("Ring the listing office");
  await page.getByLabel(/^On\b/).fill("2020-01-02");
  await page.getByRole("button", { name: "Add" }).click();
  assert.match(await page.getByRole("alert").textContent(), /today or later/);
  assert.equal(await page.getByLabel("Remind me").inputValue(), "Ring the listing office");
  // The day beneath works on as before.
  await rows(page).first().getByRole("button", { name: "Pin", exact: true }).click();
  await says(page, "Pinned.");
});

test("the day of somebody who is not in the unit is not there", async () => {
  const { page } = await visit(demo, "ada");
  const answer = await page.goto("/?staff=0198c1e2-0000-7000-8000-000000000000");
  assert.equal(answer.status(), 404);
});

test("what a page cannot read is said on a page, with the way on", async () => {
  const { page } = await visit(demo, "ada");
  for (const [address, status] of [["/search?q=a&q=b", 422], ["/own", 404]]) {
    const answer = await page.goto(address);
    assert.equal(answer.status(), status, address);
    await page.getByRole("link", { name: "Back to my day" }).waitFor();
  }
});

test("a task that is put aside without a day or a reason says so beside the field", async () => {
  const { page } = await visit(demo, "ada");
  await page.getByRole("link", { name: /what they need to come to court/ }).first().click();
  await page.getByLabel(/^Notes/).fill("Half a note");
  await page.locator("#f-why-defer").fill("She asked for next week");
  await page.getByRole("button", { name: "Put aside" }).click();
  assert.match(await page.getByRole("alert").textContent(), /Choose a day and a time/);
  assert.equal(await page.locator("#f-why-defer").inputValue(), "She asked for next week");
  assert.equal(await page.getByLabel(/^Notes/).inputValue(), "Half a note", "what was not sent stays as well");
  await page.getByLabel(/^Put aside until/).fill("2020-01-02T09:00");
  await page.getByRole("button", { name: "Put aside" }).click();
  assert.match(await page.getByRole("alert").textContent(), /ahead/);
  assert.equal(await page.locator(".managing .field-error").count(), 1);
});

test("answers are kept for later, and the notes beside them are not lost", async () => {
  const { page } = await visit(demo, "ada");
  await page.getByRole("link", { name: /what they need to come to court/ }).first().click();
  const task = page.url();
  const notes = page.getByLabel(/^Notes/);
  await page.getByRole("group", { name: /^Do they want to see the court/ }).getByLabel("Yes").check();
  await notes.fill("Rings back after lunch");
  await page.getByRole("button", { name: /^Keep the answers/ }).click();
  await page.locator(".said", { hasText: "The answers are kept." }).waitFor();
  assert.equal(await notes.inputValue(), "Rings back after lunch");
  await page.goto("/cases");
  await page.goto(task);
  assert.equal(await notes.inputValue(), "Rings back after lunch");
  assert.ok(await page.getByRole("group", { name: /^Do they want to see the court/ }).getByLabel("Yes").isChecked());
});
