// What came in and could not be handled: looked at, tried again, put right, discarded; and by whom.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { post, record, says, start, visit } from "./harness.mjs";

let demo;
before(async () => { demo = await start(); });
after(async () => { await demo.close(); });

const button = (page, name) => page.getByRole("button", { name });
const row = (page, reference) => page.locator("main tbody tr").filter({ hasText: reference });

/** A court result of a case that the unit does not hold. */
function share() {
  const offence = { id: randomUUID(), offenceCode: "TH68001", offenceTitle: "Theft", judicialResults: [] };
  const defendant = { id: randomUUID(), personDefendant: { personDetails: { firstName: "Ottoline", lastName: "Madeup" } }, offences: [offence] };
  const prosecuted = { id: randomUUID(), prosecutionCaseIdentifier: { caseURN: "52NG9990026" }, defendants: [defendant] };
  return JSON.stringify({
    hearingDay: "2026-11-23", sharedTime: "2026-11-23T15:00:00.000Z",
    hearing: {
      id: randomUUID(), jurisdictionType: "CROWN", type: { description: "Trial" }, courtCentre: { code: "C99NG00", name: "Northgate Crown Court" },
      hearingDays: [{ sittingDay: "2026-11-23T10:00:00.000Z" }], prosecutionCases: [prosecuted],
    },
  });
}

/** Parks a result that was cut short on its way; gives its reference and the whole of what was meant. */
async function park() {
  const whole = share();
  return { whole, reference: await record(demo, whole.slice(0, -1)) };
}

/** Signs somebody in, and opens what is parked under a reference. */
async function look(name, reference, options) {
  const { page, faults } = await visit(demo, name, options);
  await page.getByRole("link", { name: "Desk", exact: true }).click();
  await page.locator("nav.tabs").getByRole("link", { name: "Parked", exact: true }).click();
  await row(page, reference).getByRole("link").click();
  await page.getByRole("heading", { name: /^Parked: / }).waitFor();
  return { page, faults };
}

test("what cannot be read is on the desk with what it says and why, and nothing else waits for it", async () => {
  const { whole, reference } = await park();
  const { page, faults } = await look("dilip", reference);
  assert.match(await page.locator(".heading").textContent(), /not JSON: it ends too early/);
  assert.equal(await page.getByLabel("As it should have come").inputValue(), whole.slice(0, -1));
  assert.match(await page.locator("main dl").first().textContent(), new RegExp(reference));
  assert.deepEqual(faults, []);
});

test("what is tried again as it came is parked again", async () => {
  const { reference } = await park();
  const { page } = await look("dilip", reference);
  await button(page, "Try again").click();
  await says(page, "It could not be handled this time either.");
  await page.goto("/desk/parked");
  assert.equal(await row(page, reference).count(), 1);
});

test("what was put right is handled, and what was made of it is shown", async () => {
  const { whole, reference } = await park();
  const { page } = await look("dilip", reference);
  await page.getByLabel("As it should have come").fill(whole);
  await button(page, "Handle it as it stands here").click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("As it should have come").inputValue(), whole, "what was put right is still there");
  await page.getByLabel("What you changed, and why").fill("The last bracket was cut off on the way");
  await button(page, "Handle it as it stands here").click();
  await page.waitForURL(/\/events\//);
  await page.goto("/desk/parked");
  assert.equal(await row(page, reference).count(), 0, "it is parked no longer");
  await page.goto("/desk/unlinked");
  assert.match(await page.locator("main").textContent(), /52NG9990026/);
});

test("what was put right wrongly is parked again, and the first is not lost", async () => {
  const { reference } = await park();
  const { page } = await look("dilip", reference);
  await page.getByLabel("As it should have come").fill("{ still not right");
  await page.getByLabel("What you changed, and why").fill("A try");
  await button(page, "Handle it as it stands here").click();
  await says(page, "It could not be handled as you put it either");
  await page.goto("/desk/parked");
  assert.equal(await row(page, reference).count(), 1);
});

test("what need not be handled is discarded with a reason, which is asked for", async () => {
  const { reference } = await park();
  const { page } = await look("hal", reference);
  await page.getByText("Discard it", { exact: true }).first().click();
  await button(page, "Discard it").click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Why", { exact: true }).fill("The court sent it again");
  await button(page, "Discard it").click();
  await says(page, "Discarded. It stays in the record, with your reason.");
  await page.goto("/desk/parked");
  assert.equal(await row(page, reference).count(), 0);
});

test("without JavaScript it is put right in the same way", async () => {
  const { whole, reference } = await park();
  const { page } = await look("dilip", reference, { javaScriptEnabled: false });
  await page.getByLabel("As it should have come").fill(whole);
  await page.getByLabel("What you changed, and why").fill("The last bracket was cut off on the way");
  await button(page, "Handle it as it stands here").click();
  await page.waitForURL(/\/events\//);
});

test("a care officer is not shown what only a team leader may do, and the server refuses it as well", async () => {
  const { whole, reference } = await park();
  const { page: leader } = await look("dilip", reference);
  const address = new URL(leader.url()).pathname;
  const { page } = await visit(demo, "ada");
  await page.goto("/desk");
  assert.equal(await page.locator("main").getByRole("link", { name: "Parked", exact: true }).count(), 0);
  const answer = await page.goto(address);
  assert.equal(answer.status(), 403);
  assert.equal(await page.locator("main form").count(), 0);
  assert.doesNotMatch(await page.locator("main").textContent(), /Ottoline/);
  const tries = { retry: {}, correct: { body: whole, "correct-words": "A try" }, discard: { "discard-words": "A try" } };
  for (const [what, fields] of Object.entries(tries)) {
    assert.equal(await post(page, `${address}/${what}`, fields), 403, what);
  }
  await leader.goto("/desk/parked");
  assert.equal(await row(leader, reference).count(), 1, "and it is parked as before");
});

test("only a manager is led to the accounts, and the server refuses others", async () => {
  const { page: manager } = await visit(demo, "ines");
  await manager.goto("/team");
  await manager.getByRole("link", { name: "People, teams and accounts" }).click();
  await manager.waitForURL(/\/accounts/);
  for (const name of ["ada", "dilip"]) {
    const { page } = await visit(demo, name);
    await page.goto("/team");
    assert.equal(await page.getByRole("link", { name: "People, teams and accounts" }).count(), 0, name);
    assert.equal((await page.goto("/accounts")).status(), 403, name);
    assert.equal(await post(page, "/accounts", { staff: randomUUID(), name: "mallory", password: "three words together" }), 403, name);
  }
});

test("a result is linked to a case only once somebody has looked whose it is", async () => {
  const { page } = await visit(demo, "dilip");
  await page.goto("/desk/unlinked");
  await page.getByRole("link", { name: /^Link it to a case/ }).first().click();
  await page.getByLabel("Which case is it").fill("52NG1000026");
  await page.getByRole("button", { name: "Look at the case" }).click();
  await page.getByRole("heading", { name: "Is this the case?" }).waitFor();
  assert.match(await page.locator("main").textContent(), /52NG1000026.*Defendants.*Victims/s);
  await page.getByRole("link", { name: "No, another case" }).click();
  assert.equal(await page.getByLabel("Which case is it").inputValue(), "", "nothing is done yet");
});
