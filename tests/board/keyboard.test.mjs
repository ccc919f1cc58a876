// By keyboard alone: nobody needs a mouse, sees at any time where they are, and is never thrown back to the top of a page.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Hand, says, start, visit } from "./harness.mjs";

let demo;
before(async () => { demo = await start(); });
after(async () => { await demo.close(); });

/** Where the focus is: what it is called, and whether it can be seen there. */
const focused = (page) => page.evaluate(() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  return {
    tag: at.tagName, id: at.id, name: at.name ?? "", type: at.type ?? "", value: at.value ?? "",
    text: (at.getAttribute("aria-label") ?? at.textContent).trim().replace(/\s+/g, " "),
    isBody: at === document.body,
    hasOutline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    isShown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
});

/** Goes on by Tab until what is wanted has the focus; fails where the focus cannot be seen on the way, or is lost. */
async function tabTo(hand, wanted, most = 80) {
  for (let nth = 0; nth < most; nth += 1) {
    await hand.press("Tab");
    const at = await focused(hand.page);
    assert.ok(!at.isBody, "the focus is lost to the body");
    assert.ok(at.hasOutline, `the focus is not seen on ${at.tag} “${at.text}”`);
    assert.ok(at.isShown, `the focus is out of sight on ${at.tag} “${at.text}”`);
    if (wanted(at)) return at;
  }
  assert.fail("what was wanted is not reached");
}

async function signIn(hand) {
  await hand.page.goto("/sign-in");
  assert.equal((await focused(hand.page)).id, "f-name", "one types one’s name at once");
  await hand.write("ada");
  await hand.press("Tab");
  await hand.write("northgate demo");
  await hand.press("Enter");
  await hand.page.waitForURL((url) => url.pathname === "/");
}

test("from the sign-in to a finished task no mouse is needed, and one sees where one is throughout", async (t) => {
  const { page, faults } = await visit(demo);
  const hand = new Hand(page);
  await signIn(hand);
  const first = await tabTo(hand, () => true);
  assert.equal(first.text, "Skip to the main content");
  await hand.press("Enter");
  await tabTo(hand, (at) => at.tag === "A" && at.text === "Tell B.B.");
  await hand.press("Enter");
  await page.waitForURL(/\/tasks\//);
  await tabTo(hand, (at) => at.text === "Skip to the main content");
  await hand.press("Enter");
  await tabTo(hand, (at) => at.type === "checkbox" && at.name === "all");
  await hand.press("Space");
  await tabTo(hand, (at) => at.type === "radio" && at.name === "outcome");
  await hand.press("Space");
  await tabTo(hand, (at) => at.name === "check");
  await hand.press("Space");
  assert.equal(await page.locator("input[name=outcome]:checked").count(), 1);
  await tabTo(hand, (at) => at.tag === "BUTTON" && at.text === "Save");
  await hand.press("Enter");
  await says(page, /^Done/);
  t.diagnostic(`from the sign-in to a finished task by keyboard: ${hand.told()}`);
  assert.equal(hand.clicks, 0);
  assert.equal(await page.locator("[data-task]").filter({ hasText: "Tell B.B." }).filter({ hasText: "52NG1000026" }).count(), 0);
  assert.deepEqual(faults, []);
});

test("by single keys a task is found, opened, and its form sent", async (t) => {
  const { page } = await visit(demo);
  const hand = new Hand(page);
  await signIn(hand);
  const wanted = page.locator("[data-task]").filter({ hasText: "Tell B.D." });
  const place = await wanted.evaluate((row) => [...document.querySelectorAll("[data-task]")].indexOf(row));
  for (let nth = 0; nth <= place; nth += 1) {
    await hand.press("j");
    const at = await focused(page);
    assert.ok(at.hasOutline && at.isShown, `the focus is seen on ${at.id}`);
  }
  assert.equal((await focused(page)).id, await wanted.getAttribute("id"));
  await hand.press("c");
  await page.waitForURL(/\/tasks\//);
  await tabTo(hand, (at) => at.type === "checkbox" && at.name === "all");
  await hand.press("Space");
  await tabTo(hand, (at) => at.type === "radio" && at.name === "outcome");
  await hand.press("Space");
  await tabTo(hand, (at) => at.name === "check");
  await hand.press("Space");
  await hand.press("Control+Enter");
  await says(page, /^Done/);
  t.diagnostic(`a task finished by single keys: ${hand.told()}`);
});

test("after every key of a list the focus is on a task, and seen", async () => {
  const { page } = await visit(demo, "cerys");
  await page.keyboard.press("j");
  const { id } = await focused(page);
  for (const [key, words] of [["a", "Seen."], ["s", "Started."], ["p", "Pinned."], ["p", "No longer pinned."], ["n", /^Attempt recorded/]]) {
    await page.keyboard.press(key);
    await says(page, words);
    const at = await focused(page);
    assert.equal(at.id, id, `after ${key} the task is still in hand`);
    assert.ok(at.hasOutline && at.isShown, `after ${key} the focus is seen`);
  }
});

test("a button of a list that is pressed by Enter or Space leaves the focus on its task", async () => {
  const { page } = await visit(demo, "esme");
  const hand = new Hand(page);
  await page.keyboard.press("j");
  const { id } = await focused(page);
  for (const [press, button, words] of [["Enter", "Seen", "Seen."], ["Space", "Start", "Started."], ["Enter", "Pin", "Pinned."]]) {
    await tabTo(hand, (at) => at.tag === "BUTTON" && at.text === button);
    await hand.press(press);
    await says(page, words);
    assert.equal((await focused(page)).id, id);
  }
});

test("once a task is finished on its page one is on the list again, not at the top of the page", async () => {
  const { page } = await visit(demo, "cerys");
  await page.keyboard.press("j");
  await page.keyboard.press("o");
  await page.waitForURL(/\/tasks\//);
  await page.locator("#do input[name=all]").focus();
  await page.keyboard.press("Space");
  await page.locator("#do input[name=outcome]").first().focus();
  await page.keyboard.press("Space");
  await page.locator("#do input[name=check]").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Control+Enter");
  await says(page, /^Done/);
  assert.match((await focused(page)).id, /^t-/);
});

test("Record is opened by its key, holds the focus, and gives it back to where one was", async () => {
  const { page } = await visit(demo, "ada");
  const hand = new Hand(page);
  await hand.press("j");
  await hand.press("j");
  const { id } = await focused(page);
  await hand.press("r");
  await page.locator("dialog[open] input[name=q]:focus").waitFor();
  for (let nth = 0; nth < 14; nth += 1) {
    await hand.press("Tab");
    const inside = await page.evaluate(() => document.activeElement === document.body || document.querySelector("dialog[open]").contains(document.activeElement));
    assert.ok(inside, "the focus stays in Record, or in the browser’s own bar");
  }
  await hand.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "hidden" });
  assert.equal((await focused(page)).id, id);
});

test("every place is one or two keys away", async () => {
  const { page } = await visit(demo, "dilip");
  for (const [keys, path] of [["gc", "/calendar"], ["gt", "/team"], ["gl", "/letters"], ["gk", "/desk"], ["gr", "/rules"], ["gd", "/"], ["?", "/keys"]]) {
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForURL((url) => url.pathname === path);
    await page.locator("h1").waitFor();
  }
  await page.keyboard.press("/");
  assert.equal((await focused(page)).id, "search");
});

test("every key that works is on the page of the keys", async () => {
  const { page } = await visit(demo, "ada");
  await page.goto("/keys");
  const told = await page.locator("main kbd").allTextContents();
  for (const key of ["/", "r", "?", "g then d", "g then c", "g then t", "g then l", "g then k", "g then r", "a", "s", "n", "c", "d", "p"]) {
    assert.ok(told.some((keys) => keys === key), `“${key}” is told`);
  }
});

test("single keys are turned off and on by keyboard, and stay so", async () => {
  const { page, context } = await visit(demo, "gwen");
  const hand = new Hand(page);
  await page.goto("/keys");
  await tabTo(hand, (at) => at.text === "Turn single keys off");
  await hand.press("Enter");
  assert.equal((await focused(page)).text, "Turn single keys on");
  await page.goto("/");
  await page.keyboard.press("j");
  assert.equal((await focused(page)).isBody, true, "j does nothing");
  await page.keyboard.press("r");
  const other = await context.newPage();
  await other.goto("/");
  await other.keyboard.press("?");
  assert.equal(new URL(other.url()).pathname, "/");
  assert.equal(await page.locator("dialog[open]").count(), 0, "r does nothing");
  await page.goto("/keys");
  await page.getByRole("button", { name: "Turn single keys on" }).press("Enter");
  await page.goto("/");
  await page.keyboard.press("j");
  assert.match((await focused(page)).id, /^t-/);
});

test("single keys are letters while something is typed", async () => {
  const { page } = await visit(demo, "ada");
  await page.getByLabel("Remind me").focus();
  await page.keyboard.type("grad? /r");
  assert.equal(await page.getByLabel("Remind me").inputValue(), "grad? /r");
  assert.equal(await page.locator("dialog[open]").count(), 0);
});

test("the page of a form that was refused begins at what is wrong, and its links lead to the fields", async () => {
  const { page } = await visit(demo, "ada");
  const hand = new Hand(page);
  await page.getByRole("link", { name: /what they need to come to court/ }).first().focus();
  await hand.press("Enter");
  await page.waitForURL(/\/tasks\//);
  await tabTo(hand, (at) => at.text === "Save" && at.tag === "BUTTON", 120);
  await hand.press("Enter");
  await page.locator(".error-summary:focus").waitFor();
  await tabTo(hand, (at) => at.tag === "A" && /Choose what came of it/.test(at.text), 3);
  await hand.press("Enter");
  await page.waitForURL(/#f-outcome$/);
  const at = await tabTo(hand, () => true);
  assert.ok(at.name === "outcome" || at.name === "words", `one goes on beside the field, at ${at.name}`);
});
