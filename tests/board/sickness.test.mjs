// A team leader's morning on which somebody is ill: who covers, what goes where, the way back, and the return.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Hand, post, says, start, visit } from "./harness.mjs";

let demo;
before(async () => { demo = await start(); });
after(async () => { await demo.close(); });

const button = (page, name) => page.getByRole("button", { name });
const offSick = (page, name) => button(page, new RegExp(`^Off sick ?: ${name}`));
const isBack = (page, name) => button(page, new RegExp(`^Is back ?: ${name}`));
/** The tasks on somebody's list, as their team leader sees it. */
const listed = async (page, address) => {
  await page.goto(address);
  return page.locator("[data-task]").evaluateAll((tasks) => tasks.map((task) => task.id));
};
/** Fails where something that was there is there no longer; clocks raise new work at any time. */
const holdsAll = (now, before, words) => assert.deepEqual(before.filter((one) => !now.includes(one)), [], words);
/** The lines of a plan: the task, to whom it goes, and whom else it could go to. */
const lines = (page) => page.locator("table.plan tbody tr").evaluateAll((rows) => rows.map((row) => ({
  task: row.querySelector("th a").textContent,
  to: row.querySelector("select").value,
  others: [...row.querySelectorAll("option")].map((option) => option.value),
})));
/** How much each colleague would get, as the table of before and after has it. */
const seats = (page) => page.locator("table.seats tbody tr td:nth-child(3)").evaluateAll((cells) => cells.map((cell) => Number(cell.textContent)));
/** Who got what, as the page says it once it is done. */
const went = (page) => page.locator("ul.handed > li").evaluateAll((people) => people.map((one) => [
  one.querySelector("strong").textContent,
  [...one.querySelectorAll("ul li")].map((task) => task.textContent),
]));

test("somebody is off sick: the plan is seen, changed, carried out, undone, carried out again, and they come back", async (t) => {
  const { page, faults } = await visit(demo, "hal");
  await page.goto("/team");
  const theirs = await page.getByRole("link", { name: "Gwen Pettibone" }).getAttribute("href");
  const before = await listed(page, theirs);
  await page.goto("/");

  const hand = new Hand(page);
  await hand.click(page.getByRole("link", { name: "Team", exact: true }));
  await hand.click(offSick(page, "Gwen"));
  await says(page, "The absence is recorded. This is who could cover.");

  const planned = await lines(page);
  assert.ok(planned.length > 1, "something of hers needs cover");
  assert.equal((await seats(page)).reduce((sum, one) => sum + one, 0), planned.length, "what each would get adds up to the plan");
  const changed = planned.findIndex((line) => line.others.some((other) => other !== line.to && other !== "stays"));
  const other = planned[changed].others.find((other) => other !== planned[changed].to && other !== "stays");
  const row = page.locator("table.plan tbody tr").nth(changed);
  const name = (await row.locator(`option[value="${other}"]`).textContent()).replace(/ \(.*/, "").trim();
  await hand.choose(row.locator("select"), other);
  await hand.click(button(page, /^Hand over/));

  await says(page, `Handed over: ${planned.length} tasks. Everybody who covers gets a list.`);
  const given = await went(page);
  assert.equal(given.flatMap(([, tasks]) => tasks).length, planned.length);
  assert.ok(given.find(([to]) => to === name)[1].includes(planned[changed].task), `${name} got what was chosen for them`);

  await hand.click(button(page, "Undo: give it all back"));
  await says(page, /^Undone: \d+ tasks went back/);
  holdsAll((await lines(page)).map((line) => line.task), planned.map((line) => line.task), "all of it is planned again");

  await hand.click(button(page, /^Hand over/));
  await says(page, /^Handed over: \d+ tasks/);
  await hand.click(isBack(page, "Gwen"));
  await page.getByRole("heading", { name: "What came back" }).waitFor();
  holdsAll((await went(page)).flatMap(([, tasks]) => tasks), planned.map((line) => line.task), "all of it came back");
  t.diagnostic(`a sickness morning with a line changed, undone and done again: ${hand.told()}`);
  assert.ok(hand.clicks <= 8 && hand.keys === 0, hand.told());

  holdsAll(await listed(page, theirs), before, "she has again what she had");
  assert.deepEqual(faults, []);
});

test("a sickness morning takes three presses", async (t) => {
  const { page } = await visit(demo, "hal");
  const hand = new Hand(page);
  await hand.click(page.getByRole("link", { name: "Team", exact: true }));
  await hand.click(offSick(page, "Esme"));
  await hand.click(button(page, /^Hand over/));
  await says(page, /^Handed over: \d+ tasks/);
  t.diagnostic(`a sickness morning: ${hand.told()}`);
  assert.ok(hand.clicks <= 3 && hand.keys === 0, hand.told());
  await isBack(page, "Esme").click();
  await page.getByRole("heading", { name: "What came back" }).waitFor();
});

test("nothing changes before the plan is handed over", async () => {
  const { page } = await visit(demo, "hal");
  await page.goto("/team");
  const theirs = await page.getByRole("link", { name: "Faisal Underhay" }).getAttribute("href");
  const before = await listed(page, theirs);
  await page.goto("/team");
  await offSick(page, "Faisal").click();
  await says(page, "The absence is recorded.");
  const plan = page.url();
  holdsAll(await listed(page, theirs), before, "she still has it");
  await page.goto(plan);
  await isBack(page, "Faisal").click();
  await says(page, /./);
});

test("without JavaScript the same morning is led in the same way", async () => {
  const { page, faults } = await visit(demo, "dilip", { javaScriptEnabled: false });
  await page.getByRole("link", { name: "Team", exact: true }).click();
  await offSick(page, "Cerys").click();
  await says(page, "The absence is recorded. This is who could cover.");
  const tasks = await page.locator("table.plan tbody tr").count();
  assert.ok(tasks > 1, "something of hers needs cover");
  const left = page.locator("table.plan tbody tr").first();
  await left.locator("select").selectOption("stays");
  await button(page, /^Hand over/).click();
  await says(page, `Handed over: ${tasks - 1} tasks.`);
  assert.match(await page.locator("h2#plan").textContent(), /What is left to hand over/);
  await button(page, "Undo: give it all back").click();
  await says(page, /^Undone: \d+ tasks went back/);
  await button(page, /^Hand over/).click();
  await says(page, /^Handed over: \d+ tasks/);
  await isBack(page, "Cerys").click();
  await page.getByRole("heading", { name: "What came back" }).waitFor();
  assert.deepEqual(faults, []);
});

test("a plan of which a task was worked meanwhile hands nothing over, and keeps what was chosen by hand", async () => {
  const { page } = await visit(demo, "hal");
  await page.goto("/team");
  await offSick(page, "Gwen").click();
  await says(page, "The absence is recorded.");
  const [first, second] = await lines(page);
  const other = second.others.find((other) => other !== second.to && other !== "stays");
  await page.locator("table.plan select").nth(1).selectOption(other);
  const address = await page.locator("table.plan th a").first().getAttribute("href");
  const { page: colleague } = await visit(demo, "gwen");
  await colleague.goto(address);
  await colleague.getByRole("button", { name: "Back to the team’s queue" }).click();
  await says(colleague, /queue/);
  await button(page, /^Hand over/).click();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.textContent(), /Nothing was handed over/);
  assert.ok((await alert.textContent()).includes(first.task), "it says which line stands in the way");
  const again = await lines(page);
  assert.equal(again.find((line) => line.task === second.task).to, other);
  await isBack(page, "Gwen").click();
  await says(page, /./);
});

test("a care officer has no button for it, and the server refuses what the button does", async () => {
  const { page } = await visit(demo, "gwen");
  await page.goto("/team");
  assert.equal(await button(page, /Off sick/).count(), 0);
  const colleague = (await page.getByRole("link", { name: "Esme Quillfeather" }).getAttribute("href")).split("=")[1];
  assert.equal(await post(page, "/team/absences", { kind: "sickness", staff: colleague }), 403);
  await page.goto("/team");
  assert.equal(await page.locator("table.loads tr.away").filter({ hasText: "Esme" }).count(), 0, "and she is not away");
});
