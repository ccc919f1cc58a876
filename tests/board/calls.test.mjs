// A care officer's hour: five tasks, two calls, and what happens where a caller is not who they say, or rings in the middle
// of something else.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Hand, hasNoBarrier, picture, says, start, visit, WIDTHS } from "./harness.mjs";

let demo;
before(async () => { demo = await start(); });
after(async () => { await demo.close(); });

const button = (page, name) => page.getByRole("button", { name });
const task = (page, title, urn) => page.locator("[data-task]").filter({ hasText: title }).filter({ hasText: urn });

/** Somebody who is found by a search: who they are, as their page in the case has it. */
async function held(demo, words, urn) {
  const { page, context } = await visit(demo, "ada");
  await page.goto(`/search?q=${encodeURIComponent(words)}`);
  const address = await page.getByRole("link", { name: new RegExp(`Call from .*${urn}`) }).first().getAttribute("href");
  const of = new URL(address, page.url()).searchParams;
  await page.goto(`/cases/${of.get("case")}/people/${of.get("participant")}`);
  const value = (name) => page.locator(`[name="${name}"]`).inputValue();
  const [year, month, day] = (await value("born_on")).split("-").map(Number);
  const person = {
    call: address, case: of.get("case"), participant: of.get("participant"), first: await value("first_name"), last: await value("last_name"),
    born: `${day}/${month}/${year}`, line: (await value("address")).split("\n")[0], postcode: await value("postcode"),
    phone: (await value("phones")).split("\n")[0], email: await value("email"),
  };
  await context.close();
  return person;
}

/** Types what a caller says of themselves, from one field to the next. */
async function tells(hand, person) {
  for (const said of [`${person.first} ${person.last}`, person.born, person.line, person.postcode]) {
    await hand.write(said);
    if (said !== person.postcode) await hand.press("Tab");
  }
  await hand.press("Enter");
}

test("an outcome call from My day meets the three things that are owed, and says what to tell", async (t) => {
  const person = await held(demo, "bram bal", "52NG1000026");
  const { page, faults } = await visit(demo, "ada");
  await page.goto(`/record/voicemail?case=${person.case}&participant=${person.participant}`);
  await page.getByLabel("What it says, and what is next").fill("Please ring me back");
  await page.getByLabel("They are to be rung back").check();
  await button(page, "Save the voicemail").click();
  await says(page, "The voicemail is recorded.");
  await page.goto("/");

  const hand = new Hand(page);
  await hand.click(task(page, "Tell B.B.", "52NG1000026").locator(".title"));
  await hand.click(page.getByRole("link", { name: "Call them, and record it" }));
  await page.getByRole("heading", { name: `Call to ${person.first} ${person.last}` }).waitFor();
  assert.match(await page.locator(".numbers").textContent(), new RegExp(person.phone));
  const over = page.locator("dialog[open]");
  assert.equal(await over.locator(".owed input[name=met]").count(), 3);
  assert.equal(await over.locator(".owed input[name=met]:checked").count(), 0, "nothing counts as told before somebody says so");
  assert.match(await over.locator(".owed .told").first().textContent(), /\w{4}/, "it stands there what to tell");
  await hand.click(over.getByLabel("I told them all of this"));
  assert.ok(await over.getByLabel("I told them all of this").isChecked(), "a label leads to its own box, not to that of the page beneath");
  await hand.click(page.getByLabel(/^We rang a number that is held/));
  await hand.click(button(page, "Save the call").last());
  await says(page, "The call is recorded; 3 things were told.");
  t.diagnostic(`an outcome call that meets three duties: ${hand.told()}`);
  assert.ok(hand.clicks <= 5 && hand.keys === 0, hand.told());

  await page.goto("/");
  assert.equal(await task(page, "Tell B.B.", "52NG1000026").count(), 0, "the task is done");
  await page.goto(`/record/call?case=${person.case}&participant=${person.participant}&way=out`);
  assert.match(await page.locator(".owed").first().textContent(), /Nothing is owed to them now/);
  assert.deepEqual(faults, []);
});

test("what was not ticked in a call stays owed", async () => {
  const { page } = await visit(demo, "ada");
  await task(page, "Tell H.I.", "52NG1001826").locator(".title").click();
  await page.getByRole("link", { name: "Call them, and record it" }).click();
  await page.getByRole("heading", { name: /^Call to/ }).waitFor();
  const met = page.locator("dialog[open] .owed input[name=met]");
  const owed = await met.count();
  assert.ok(owed > 1);
  for (let nth = 1; nth < owed; nth += 1) await met.nth(nth).check();
  await button(page, "Save the call").last().click();
  await says(page, `The call is recorded; ${owed - 1} thing`);
  await page.goto("/");
  assert.equal(await task(page, "Tell H.I.", "52NG1001826").count(), 1);
});

test("a caller is found, checked, and their special measures and statement are seen to on one page", async (t) => {
  const person = await held(demo, "bram bal", "52NG1004426");
  const { page, faults } = await visit(demo, "ada");
  const hand = new Hand(page);
  await hand.press("r");
  await page.locator("dialog[open] input[name=q]").waitFor();
  await hand.write("bram bal");
  await hand.press("Enter");
  await page.locator("dialog[open] .hits a:focus").waitFor();
  assert.match(await page.locator("dialog .hits a:focus").textContent(), /B\.B\. in 52NG1004426/);
  await hand.press("Enter");
  await page.locator("dialog[open] .check input:focus").waitFor();
  await tells(hand, person);
  await page.locator("dialog[open] .passed").waitFor();
  assert.match(await page.locator("dialog .check").textContent(), /It all matches/);
  const over = page.locator("dialog[open]");
  await hand.click(over.getByLabel(/^Special measures/));
  await hand.click(over.getByLabel(/^Victim Personal Statement/));
  await hand.click(button(over, "Save the call").last());
  await says(page, "The call is recorded.");

  const measures = page.locator(".raised-task").filter({ hasText: "special measures form" });
  const statement = page.locator(".raised-task").filter({ hasText: "Victim Personal Statement" });
  await measures.waitFor();
  assert.equal(await page.locator(".raised-task").count(), 2, "both forms are on the page of the call");
  await hand.click(measures.getByLabel("A screen around the witness box"));
  await hand.click(measures.getByLabel("Fear of the defendant"));
  await hand.type(measures.getByLabel(/^How do they see it/), "Does not want to see him");
  await hand.type(measures.getByLabel(/^What reasons are put on the form/), "Afraid of him");
  await hand.click(measures.getByLabel("The form is filled in"));
  await hand.click(button(measures, /^Save/));
  await says(page, /^Done/);

  await statement.waitFor();
  await hand.type(statement.getByLabel(/^On what day do we call/), "2026-12-03");
  await hand.choose(statement.getByLabel(/^At what time/), { label: "10:30" });
  await hand.click(statement.getByRole("group", { name: /in an e-mail, and a reminder/ }).getByLabel("Yes"));
  await hand.click(statement.getByLabel("They want one: a day and time for the call is agreed"));
  // The page of the call comes again; what it said of the form before stands there until then.
  const again = page.waitForResponse((answer) => answer.request().method() === "GET" && answer.url().includes("/record/call"));
  await hand.click(button(statement, /^Save/));
  await again;
  t.diagnostic(`a call with special measures and a Victim Personal Statement: ${hand.told()}`);
  assert.ok(hand.clicks <= 12 && hand.keys <= 120, hand.told());

  await page.goto("/calendar?day=2026-12-03");
  const entry = page.locator("main").getByText(/10:30/).first();
  await entry.waitFor();
  assert.match(await page.locator("main").textContent(), /52NG1004426/);
  assert.deepEqual(faults, []);
});

test("a caller whose check fails is told nothing, and the page discloses nothing to whoever looks on", async () => {
  const person = await held(demo, "hor hol", "52NG1000626");
  const { page } = await visit(demo, "ada");
  const secrets = [person.last, person.phone, person.email, person.line, person.postcode];
  const discloses = async () => {
    const shown = await page.locator("html").evaluate((html) => html.outerHTML);
    return secrets.filter((secret) => shown.includes(secret));
  };
  const wrong = { ...person, first: "Somebody", last: "Else", born: "1/1/1970", line: "1 Wrong Street", postcode: "ZZ1 1AA" };
  await page.goto(person.call);
  assert.deepEqual(await discloses(), []);
  assert.match(await page.locator("h1").textContent(), /Call from H\.H\./);
  assert.equal(await page.locator(".owed .told, .owed input[name=met]").count(), 0, "nothing of what is owed is told");
  await page.getByLabel("First and last name").focus();
  await tells(new Hand(page), wrong);
  await page.getByText("It does not match.").waitFor();
  assert.deepEqual(await discloses(), []);
  assert.equal(await page.locator(".owed .told, .owed input[name=met]").count(), 0);
  await page.getByLabel("What was said, and what is next").fill("Asked for the outcome");
  await button(page, "Save the call").last().click();
  await says(page, "The call is recorded.");
  await page.goto("/");
  assert.equal(await task(page, "Tell H.H.", "52NG1000626").count(), 1, "what is owed stays owed");
});

test("nobody is named on the page of a call that failed, once it is recorded", async () => {
  const person = await held(demo, "hor ink", "52NG1001826");
  const { page } = await visit(demo, "ada");
  await page.goto(person.call);
  await page.getByLabel("First and last name").focus();
  await tells(new Hand(page), { ...person, postcode: "ZZ1 1AA" });
  await page.getByText("It does not match.").waitFor();
  await button(page, "Save the call").last().click();
  await says(page, "The call is recorded.");
  const shown = await page.locator("main").textContent();
  assert.deepEqual([person.last, person.phone, person.email].filter((secret) => shown.includes(secret)), []);
});

test("on a task’s own form it stands what there is to tell, and nothing counts as told before somebody says so", async () => {
  const { page } = await visit(demo, "ada");
  await task(page, "Tell B.C.", "52NG1001226").locator(".title").click();
  const owed = page.locator("#do .owed");
  assert.ok(await owed.locator("input[name=met]").count() > 0);
  assert.equal(await owed.locator("input:checked").count(), 0);
  assert.match(await owed.locator(".told").first().textContent(), /\w{4}/);
  await page.getByLabel("Told by telephone").check();
  await button(page, "Save").click();
  assert.match(await page.getByRole("alert").textContent(), /Tick what they were told/);
  assert.ok(await page.getByLabel("Told by telephone").isChecked(), "what was chosen is kept");
  await page.getByLabel("I told them all of this").check();
  assert.equal(await owed.locator("input[name=met]:not(:checked)").count(), 0, "all of this is each of them");
  await button(page, "Save").click();
  assert.match(await page.getByRole("alert").textContent(), /Say how you made sure who they are/);
  await page.getByLabel("Told in writing").check();
  await button(page, "Save").click();
  assert.match(await page.getByRole("alert").textContent(), /Choose by letter or by e-mail/);
  await page.getByLabel("No answer").check();
  await button(page, "Save").click();
  assert.match(await page.getByRole("alert").textContent(), /Untick it, as nobody was reached/);
});

test("what was typed over a page is kept when it was refused and closed, and the page beneath knows what was done", async () => {
  const { page } = await visit(demo, "ada");
  await task(page, "Tell B.C.", "52NG1001226").locator(".title").click();
  const over = page.locator("dialog[open]");
  const words = over.locator(".call-form").getByLabel("What was said, and what is next");
  const ring = async () => { await page.getByRole("link", { name: "Call them, and record it" }).click(); await words.waitFor(); };
  await ring();
  await over.locator(".owed input[name=met]").first().check();
  await over.getByLabel(/^Nothing was told/).check();
  await words.fill("Rings again on Friday");
  await button(over, "Save the call").last().click();
  await over.getByRole("alert").waitFor();
  await page.keyboard.press("Escape");
  await over.waitFor({ state: "hidden" });
  await ring();
  assert.equal(await words.inputValue(), "Rings again on Friday");
  await over.locator(".owed input[name=met]").first().uncheck();
  await button(over, "Save the call").last().click();
  await says(page, /^The call is recorded/);
  await page.getByLabel(/^Notes/).first().evaluate((notes) => { notes.value = "half a"; notes.dispatchEvent(new Event("input", { bubbles: true })); });
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Escape")]);
  assert.equal(await page.getByLabel(/^Notes/).first().inputValue(), "half a", "what was typed beneath is there still");
});

test("a record of the contact log is corrected by one beside it, and stays", async () => {
  const { page } = await visit(demo, "ada");
  const person = await held(demo, "hor ink", "52NG1001826");
  const log = `/cases/${person.case}/timeline?only=contacts`;
  await page.goto(log.replace("timeline?only=contacts", "note"));
  await page.getByLabel("Note", { exact: true }).fill("Travels from Leeds");
  await button(page, "Add the note").click();
  await page.goto(log);
  const first = page.locator(".case-timeline > li").first();
  assert.match(await first.textContent(), /Travels from Leeds/);
  await first.getByRole("link", { name: /^Correct/ }).click();
  assert.equal(await page.getByLabel("How it was", { exact: true }).inputValue(), "Travels from Leeds");
  await page.getByLabel("How it was", { exact: true }).fill("");
  await button(page, "Save the correction").click();
  assert.match(await page.getByRole("alert").textContent(), /Say how it was/);
  await page.getByLabel("How it was", { exact: true }).fill("Travels from Leigh, not Leeds");
  await button(page, "Save the correction").click();
  await says(page, "The correction is recorded.");
  const shown = await page.locator(".case-timeline").textContent();
  assert.match(shown, /Corrects an earlier record/);
  assert.match(shown, /Travels from Leigh, not Leeds/);
  assert.equal(shown.match(/Travels from Leeds/g).length, 1, "the first record stays");
});

test("no answer is one press on My day, and one on the page of the call", async () => {
  const { page } = await visit(demo, "ada");
  const hand = new Hand(page);
  await hand.click(button(task(page, "Ask B.I. what they need", "52NG1004026"), "No answer"));
  await says(page, /^Attempt recorded; try again/);
  assert.equal(hand.clicks, 1);
  await task(page, "Tell B.C.", "52NG1001226").locator(".title").click();
  await page.getByRole("link", { name: "Call them, and record it" }).click();
  await button(page, "No answer").click();
  await says(page, /^No answer: it is recorded; try again/);
  await page.goto("/");
  assert.match(await task(page, "Tell B.C.", "52NG1001226").textContent(), /1 attempt/);
});

test("five tasks of an hour are worked from My day by one press each", async (t) => {
  const { page, faults } = await visit(demo, "ada");
  const hand = new Hand(page);
  const presses = [
    ["Confirm whether H.H.", "52NG1005026", "Seen", "Seen."],
    ["See that the home of H.H. is secured", "52NG1005026", "Start", "Started."],
    ["Ring for the needs assessment of K.L.", "52NG1005326", "No answer", /^Attempt recorded/],
    ["See that the Witness Service looks after K.C.", "52NG1004526", "Tomorrow", "Put aside until tomorrow morning."],
    ["See that special measures are applied for", "52NG1001226", "Pin", "Pinned."],
  ];
  for (const [title, urn, press, said] of presses) {
    await hand.click(button(task(page, title, urn), press));
    await says(page, said);
  }
  t.diagnostic(`five tasks: ${hand.told()}`);
  assert.equal(hand.clicks, 5);
  assert.deepEqual(faults, []);
});

test("Tomorrow is offered for what can wait until then, and for nothing that is due before", async () => {
  const { page } = await visit(demo, "faisal");
  const offered = await page.locator("[data-task]").evaluateAll((tasks) => tasks
    .filter((task) => /due today|due in |overdue/.test(task.querySelector(".clocks").textContent))
    .filter((task) => [...task.querySelectorAll("button")].some((button) => button.textContent === "Tomorrow"))
    .map((task) => task.querySelector(".title").textContent));
  assert.deepEqual(offered, []);
});

test("a form that is half filled in survives a call that is recorded over it", async () => {
  const { page, faults } = await visit(demo, "ada");
  await task(page, "Ask G.I. what they need", "52NG1004426").locator(".title").click();
  await page.getByLabel(/^Notes/).fill("She asked about the car park");
  await page.getByRole("group", { name: /^Do they want to see the court/ }).getByLabel("Yes").check();
  await page.locator("h1").click();
  await page.keyboard.press("r");
  const over = page.locator("dialog[open]");
  await over.locator("input[name=q]:focus").waitFor();
  await page.keyboard.type("hor hol");
  await page.keyboard.press("Enter");
  await over.locator(".hits a:focus").waitFor();
  await page.keyboard.press("Enter");
  await over.locator(".call-form").waitFor();
  await over.getByLabel("What was said, and what is next").first().fill("Rang off at once");
  await over.getByLabel(/^Nothing was told/).first().check();
  await page.keyboard.press("Control+Enter");
  await says(over, "The call is recorded.");
  await page.keyboard.press("Escape");
  await over.waitFor({ state: "hidden" });
  assert.equal(await page.getByLabel(/^Notes/).inputValue(), "She asked about the car park");
  assert.equal(await page.getByRole("group", { name: /^Do they want to see the court/ }).getByLabel("Yes").isChecked(), true);
  assert.deepEqual(faults, []);
});

test("Esc closes Record by one press, also while something is searched for", async () => {
  const { page } = await visit(demo, "ada");
  await page.keyboard.press("r");
  await page.locator("dialog[open] input[name=q]:focus").waitFor();
  await page.keyboard.type("half a na");
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "hidden", timeout: 3_000 });
});

test("a date of birth that cannot be read leaves the notes and ticks of the call where they are", async () => {
  const person = await held(demo, "hor ink", "52NG1001826");
  const { page } = await visit(demo, "ada");
  await page.goto(`/record/call?case=${person.case}&participant=${person.participant}&way=in`);
  const notes = page.locator(".call-form").getByLabel("What was said, and what is next");
  await notes.fill("Asks about the date");
  await page.getByLabel(/^They want the Witness Service/).check();
  await page.getByLabel("Date of birth").fill("99/99/99");
  await button(page, "Check").first().click();
  await page.getByRole("alert").waitFor();
  assert.equal(await notes.inputValue(), "Asks about the date");
  assert.ok(await page.getByLabel(/^They want the Witness Service/).isChecked());
});

test("without JavaScript as well a check keeps what is written of the call", async () => {
  const person = await held(demo, "hor ink", "52NG1001826");
  const { page } = await visit(demo, "ada", { javaScriptEnabled: false });
  await page.goto(`/record/call?case=${person.case}&participant=${person.participant}&way=in`);
  const notes = page.locator(".call-form").getByLabel("What was said, and what is next");
  await notes.fill("Asks about the date");
  await page.getByLabel(/^They want the Witness Service/).check();
  for (const [label, said] of [["First and last name", "Nobody Here"], ["Date of birth", "1/2/1980"], ["First line of the address", "1 No Street"], ["Postcode", "ZZ9 9ZZ"]]) await page.getByLabel(label).fill(said);
  await page.getByLabel("Postcode").press("Enter");
  await page.getByText("It does not match.").waitFor();
  assert.equal(await notes.inputValue(), "Asks about the date");
  assert.ok(await page.getByLabel(/^They want the Witness Service/).isChecked());
  assert.equal(await page.getByLabel("Postcode").inputValue(), "ZZ9 9ZZ", "what was said stands there to be put right");
});

test("Back closes Record and leaves one on the page beneath", async () => {
  const { page } = await visit(demo, "dilip");
  const before = page.url();
  const over = page.locator("dialog[open]");
  await page.keyboard.press("r");
  await over.locator("input[name=q]").waitFor();
  await page.goBack();
  await over.waitFor({ state: "hidden" });
  assert.equal(page.url(), before);
  // Closed by hand it leaves no place behind that Back would have to pass.
  await page.goto("/keys");
  await page.goto("/search");
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("r");
  await over.getByRole("button", { name: "Close" }).click();
  await over.waitFor({ state: "hidden" });
  await page.waitForFunction(() => history.state === null);
  await page.goBack();
  await page.waitForURL(/\/keys$/);
});

test("a link that leads out of Record takes its place in the history", async () => {
  const { page } = await visit(demo, "dilip");
  const person = await held(demo, "hor ink", "52NG1001826");
  await page.goto("/uncopied");
  await page.goto(`/cases/${person.case}`);
  await page.locator(`a[href="/record?case=${person.case}"]`).first().click();
  await page.locator("dialog[open] a[href^='/cases/']").first().click();
  await page.locator("dialog[open]").waitFor({ state: "hidden" });
  await page.waitForURL(/\/cases\//);
  await page.goBack();
  await page.waitForURL(/\/cases\//);
  await page.goBack();
  await page.waitForURL(/\/uncopied$/);
});

test("a call that is half filled in is there again when Record is opened again", async () => {
  const person = await held(demo, "bal cob", "52NG1001226");
  const { page } = await visit(demo, "ada");
  await page.goto(`/cases/${person.case}`);
  const open = async () => {
    await page.locator(`a[href="/record?case=${person.case}"]`).first().click();
    await page.locator("dialog[open]").getByRole("link", { name: "A call", exact: true }).click();
    await page.locator("dialog[open]").getByRole("link", { name: new RegExp(`^(B\\.C\\.|${person.first})`) }).click();
    await page.locator("dialog[open] .call-form").waitFor();
  };
  await open();
  await page.locator("dialog[open]").getByLabel("What was said, and what is next").fill("She will look for the");
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "hidden" });
  await open();
  assert.equal(await page.locator("dialog[open]").getByLabel("What was said, and what is next").inputValue(), "She will look for the");
});

test("the forms of what a call raised are filled in over the page that one was on", async () => {
  const person = await held(demo, "bram bal", "52NG1004426");
  const { page } = await visit(demo, "ada");
  const at = `/cases/${person.case}`;
  await page.goto(at);
  await page.locator(`a[href="/record?case=${person.case}&participant=${person.participant}"]`).first().click();
  const over = page.locator("dialog[open]");
  await over.getByRole("link", { name: "A call", exact: true }).click();
  await over.getByRole("link", { name: "We ring them" }).click();
  await over.getByLabel("They want the Witness Service").check();
  await button(over, "Save the call").last().click();
  await over.locator(".raised-task").first().waitFor();
  await button(over.locator(".raised-task").first(), /^Save/).click();
  await page.getByText("There is a problem").waitFor();
  assert.equal(new URL(page.url()).pathname, at, "the page behind is still the one that one was on");
});

test("a call that is saved over a page after the session ended is kept through the sign-in", async () => {
  const person = await held(demo, "hor ink", "52NG1001826");
  const { page, context } = await visit(demo, "ada");
  await page.goto(`/cases/${person.case}`);
  await page.locator(`a[href="/record?case=${person.case}&participant=${person.participant}"]`).first().click();
  const over = page.locator("dialog[open]");
  await over.getByRole("link", { name: "A call", exact: true }).click();
  await over.getByRole("link", { name: "We ring them" }).click();
  await over.locator(".call-form").getByLabel("What was said, and what is next").fill("Rings again on Friday");
  await context.clearCookies();
  await button(over, "Save the call").last().click();
  await page.locator("dialog[open] [name=password]").fill("northgate demo");
  await page.locator("dialog[open] [name=name]").fill("ada");
  await button(page, "Sign in").click();
  await page.getByRole("heading", { name: "Nothing was lost" }).waitFor();
  await button(page, "Send it now").click();
  await says(page, /^The call is recorded/);
});

test("the page of a call has no barrier before the check, after it, and with the forms that it raised", async () => {
  const person = await held(demo, "gui ink", "52NG1004426");
  for (const viewport of WIDTHS) {
    const { page, context } = await visit(demo, "ada", { viewport });
    await page.goto(person.call);
    await hasNoBarrier(page);
    await picture(page, "call-before-check");
    await page.getByLabel("First and last name").focus();
    await tells(new Hand(page), person);
    await page.locator(".passed").waitFor();
    await hasNoBarrier(page);
    await picture(page, "call-checked");
    await page.getByLabel(/^Special measures/).check();
    await page.getByLabel("They are afraid of the defendant").check();
    await button(page, "Save the call").last().click();
    await says(page, "The call is recorded.");
    await hasNoBarrier(page);
    await picture(page, "call-raised");
    await context.close();
  }
});

test("Record over a page has no barrier at either width", async () => {
  for (const viewport of WIDTHS) {
    const { page, context } = await visit(demo, "ada", { viewport });
    await task(page, "Tell B.D.", "52NG1002426").locator(".title").click();
    await page.getByRole("link", { name: "Call them, and record it" }).click();
    await page.locator("dialog[open] .call-form").waitFor();
    await hasNoBarrier(page);
    await context.close();
  }
});
