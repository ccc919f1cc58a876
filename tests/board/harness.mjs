// A browser and a demo for each test file: everything is done as the unit's people do it, by mouse and keyboard.

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:http2";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = process.env.BOARD_PICTURES;
if (pictures) mkdirSync(pictures, { recursive: true });

// WCAG 2.2 AA, and what axe calls good practice.
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The two widths that people have: the office's screens, and a tablet on its side. */
export const WIDTHS = [{ width: 1366, height: 768 }, { width: 820, height: 1180 }];

function chromiumPath() {
  const named = process.env.CHROMIUM;
  const found = [named, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));
  assert.ok(found, "Chromium is missing: apt-get install chromium, or name it in CHROMIUM");
  return found;
}

/** Starts a demo on a fresh database, and a browser; both end with `close`. */
export async function start() {
  const folder = mkdtempSync(join(tmpdir(), "usher-board-"));
  const server = spawn(process.env.USHER, ["demo", "--folder", join(folder, "demo")], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const address = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the demo does not serve: ${said}`)), 180_000);
    server.stderr.setEncoding("utf8");
    server.stderr.on("data", (text) => {
      said += text;
      const found = said.match(/the board: (http:\S+)/);
      if (found && said.includes("press Ctrl-C")) { clearTimeout(late); resolve(found[1]); }
    });
    server.on("exit", (code) => reject(new Error(`the demo ended with ${code}: ${said}`)));
  });
  const token = (role) => said.match(new RegExp(`^${role} +(usher_\\w+)`, "m"))[1];
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const close = async () => {
    await browser.close();
    server.removeAllListeners("exit");
    server.kill("SIGTERM");
    await new Promise((resolve) => server.on("close", resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  return { address, browser, close, folder, token };
}

/** A visitor who is signed in, with what they clicked and typed counted. */
export async function visit({ address, browser }, name, options = {}) {
  const context = await browser.newContext({ viewport: WIDTHS[0], locale: "en-GB", timezoneId: "Europe/London", reducedMotion: "reduce", baseURL: address, ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => { if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) faults.push(message.text()); });
  page.on("request", (request) => { if (!request.url().startsWith(address) && !/^(data|blob|about):/.test(request.url())) faults.push(`asks ${request.url()}`); });
  if (name) await signIn(page, name);
  return { context, page, faults };
}

export async function signIn(page, name) {
  await page.goto("/sign-in");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill("northgate demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}

/** Waits until the page says this: a press leads to a page of its own, which takes a moment. Works without JavaScript. */
export async function says(page, words) {
  await page.locator(".said").filter({ hasText: words }).first().waitFor({ timeout: 10_000 });
}

/** Sends a form that the page does not show, as whoever is signed in; gives the status of the answer. */
export function post(page, path, fields = {}) {
  return page.evaluate(async ([path, fields]) => (await fetch(path, { method: "POST", body: new URLSearchParams(fields) })).status, [path, { request_id: randomUUID(), ...fields }]);
}

/** Sends a court result as a feed does, byte for byte; gives the reference under which usher has taken it. */
export async function record({ address, token }, body) {
  const reference = `test-${randomUUID()}`;
  const field = (number, bytes) => Buffer.concat([Buffer.from([number << 3 | 2, ...varint(bytes.length)]), bytes]);
  const message = Buffer.concat([field(1, Buffer.from(reference)), field(2, Buffer.from(body))]);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  const session = connect(address);
  try {
    const call = session.request({
      ":method": "POST", ":path": "/usher.v1.IntakeService/RecordCourtResult",
      "content-type": "application/grpc", te: "trailers", authorization: `Bearer ${token("feed")}`,
    });
    let ended = {};
    call.on("response", (headers) => { ended = { ...ended, ...headers }; });
    call.on("trailers", (trailers) => { ended = { ...ended, ...trailers }; });
    call.resume();
    call.end(Buffer.concat([frame, message]));
    await once(call, "close");
    assert.equal(ended["grpc-status"], "0", `the feed is refused: ${ended["grpc-message"]}`);
    return reference;
  } finally {
    session.close();
  }
}

/** A number as protobuf writes it: seven bits in each byte, the lowest first. */
function varint(number) {
  const bytes = [];
  for (; number > 127; number >>>= 7) bytes.push(number & 127 | 128);
  return [...bytes, number];
}

/** What axe finds on the page as it is now, in words; by all its rules, or by those that are named. */
export async function barriers(page, rules) {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe);
  const runOnly = rules ? { type: "rule", values: rules } : STANDARDS;
  const found = await page.evaluate((runOnly) => axe.run(document, { runOnly, resultTypes: ["violations"] }), runOnly);
  return found.violations.map((fault) => `${fault.id}: ${fault.help} (${fault.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")})`);
}

/** Fails where axe finds anything on the page as it is now. */
export async function hasNoBarrier(page) {
  assert.deepEqual(await barriers(page), [], `${page.url()} has barriers`);
}

/** Keeps a picture of the page, where somebody asks for pictures. */
export async function picture(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}-${page.viewportSize().width}.png`), fullPage: true });
}

/** Counts what a person does: every press of the mouse and of a key. */
export class Hand {
  clicks = 0;
  keys = 0;
  constructor(page) { this.page = page; }
  async click(what) { this.clicks += 1; await what.click(); }
  async press(key) { this.keys += 1; await this.page.keyboard.press(key); }
  async type(what, text) { this.keys += text.length; await what.fill(text); }
  /** Types where the focus is. */
  async write(text) { this.keys += text.length; await this.page.keyboard.type(text); }
  /** Opens a list of choices, and takes one. */
  async choose(what, choice) { this.clicks += 2; await what.selectOption(choice); }
  told() { return `${this.clicks} clicks, ${this.keys} keystrokes`; }
}
