// Every page of the board: found by following links as somebody does, and looked at in every size that people have.

import assert from "node:assert/strict";
import { barriers, picture, visit, WIDTHS } from "./harness.mjs";

/** The most that a page may weigh, in bytes. */
export const HEAVIEST = 100_000;
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Addresses of one kind that are followed: the heaviest of them is looked at. */
const OF_A_KIND = 3;

/** What kind of page an address leads to: its path without ids and names, and what it asks for. */
export function kind(address) {
  const url = new URL(address, "http://board");
  const path = url.pathname.replace(ID, "{id}")
    .replace(/^\/rules\/kinds\/[^/]+$/, "/rules/kinds/{name}").replace(/^\/rules\/(?!(kinds|limits|packs|test)$)[^/]+$/, "/rules/{name}");
  const asks = [...url.searchParams.keys()].filter((key) => !["page", "view", "staff", "day", "own", "on", "file", "q", "from", "to", "left", "filter", "hash", "template"].includes(key));
  return [...new Set([path, ...asks.sort()])].join(" ");
}

/** Follows every link from the list, and from `more`, kind by kind; gives the heaviest page of each. */
export async function pages(demo, name, more = () => []) {
  const { context } = await visit(demo, name);
  const [queue, followed, found] = [["/"], new Map([["/", 1]]), new Map()];
  const known = new Set(queue);
  const follow = (address) => {
    const of = kind(address);
    if (known.has(address) || (followed.get(of) ?? 0) >= OF_A_KIND) return;
    followed.set(of, (followed.get(of) ?? 0) + 1);
    known.add(address);
    queue.push(address);
  };
  const go = async () => {
    for (let address = queue.shift(); address; address = queue.shift()) {
      const answer = await context.request.get(address, { maxRedirects: 0 });
      assert.ok(answer.status() < 400, `${address} answers ${answer.status()}`);
      if (answer.headers().location) follow(answer.headers().location);
      if (answer.status() !== 200 || !answer.headers()["content-type"].startsWith("text/html")) continue;
      const body = await answer.body();
      if (!(found.get(kind(address))?.bytes >= body.length)) found.set(kind(address), { address, bytes: body.length });
      for (const [, link] of body.toString().matchAll(/<a [^>]*href="([^"#]+)[^"]*"/g)) {
        const to = link.replaceAll("&amp;", "&");
        if (to.startsWith("/")) follow(to);
      }
    }
  };
  await go();
  more([...known]).forEach(follow);
  await go();
  await context.close();
  return [...found].sort().map(([kind, page]) => ({ kind, ...page }));
}

/** What does not fit into the width of the page as it is now: the page itself, what can be pressed, and text that is cut off. */
const misfits = (page) => page.evaluate(() => {
  const name = (part) => `${part.tagName.toLowerCase()} “${(part.getAttribute("aria-label") ?? part.textContent ?? "").trim().slice(0, 40)}”`;
  const isAside = (part) => part.closest(".scrolls, .visually-hidden, .skip, svg") || !part.checkVisibility();
  const misfits = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) misfits.push(`scrolls sideways by ${wide} px`);
  for (const part of document.querySelectorAll("a, button, input, select, textarea, summary")) {
    const box = part.getBoundingClientRect();
    if (!isAside(part) && box.width > 0 && (box.left < -1 || box.right > innerWidth + 1)) misfits.push(`${name(part)} is out of sight`);
  }
  for (const part of document.querySelectorAll("main :not(input, select, textarea)")) {
    if (!isAside(part) && /hidden|clip/.test(getComputedStyle(part).overflowX) && part.scrollWidth > part.clientWidth + 1) misfits.push(`${name(part)} is cut off`);
  }
  const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text = words.nextNode(); text; text = words.nextNode()) {
    const part = text.parentElement.closest("dd, dt, td, th, li, p");
    if (!part || text.parentElement.closest(".visually-hidden, svg, select, textarea, button") || !part.checkVisibility() || part.clientWidth === 0) continue;
    // A word that is broken into pieces because its column has hardly any width: a letter is about half as wide as high.
    const longest = Math.max(...text.data.split(/\s+/).map((word) => word.length));
    const needs = Math.min(longest, 8) * parseFloat(getComputedStyle(part).fontSize) * 0.4;
    if (part.clientWidth < needs) misfits.push(`${name(part)} is squeezed to ${part.clientWidth} px`);
  }
  return misfits.slice(0, 5);
});

/** Rules of axe that say something else of the same page in another width. */
const OF_WIDTH = ["target-size", "scrollable-region-focusable"];

/** Looks at every page in both widths, and in half of each, which is what twice the size is; gives what is wrong, each with where. */
export async function looked(demo, name, all) {
  const wrong = { barriers: [], misfits: [], zoomed: [], headings: [], faults: [] };
  const { page, context, faults } = await visit(demo, name);
  for (const of of all) {
    await page.goto(of.address, { waitUntil: "load" });
    const told = (list, found, where) => list.push(...found.map((one) => `${of.kind} (${of.address}) ${where}: ${one}`));
    const headings = await page.locator("h1").count();
    if (headings !== 1) told(wrong.headings, [`${headings} h1`], "");
    for (const { width, height } of WIDTHS) {
      await page.setViewportSize({ width, height });
      await picture(page, `${name}${of.kind.replace(/[^a-z]+/g, "_")}`);
    }
    // What is folded up is a part of the page as well.
    await page.evaluate(() => document.querySelectorAll("main details").forEach((part) => { part.open = true; }));
    for (const [nth, { width, height }] of WIDTHS.entries()) {
      await page.setViewportSize({ width, height });
      told(wrong.misfits, await misfits(page), `at ${width}`);
      told(wrong.barriers, await barriers(page, nth === 0 ? undefined : OF_WIDTH), `at ${width}`);
      await page.setViewportSize({ width: Math.floor(width / 2), height: Math.floor(height / 2) });
      told(wrong.zoomed, await misfits(page), `at 200 % of ${width}`);
    }
    told(wrong.faults, faults.splice(0), "");
  }
  await context.close();
  return wrong;
}

/** Asks for every page without being signed in; gives those that do not lead to the sign-in and from there back. */
export async function open(demo, all) {
  const { context } = await visit(demo);
  const wrong = [];
  for (const { address } of all) {
    const answer = await context.request.get(address);
    const to = (await answer.text()).match(/name="to" value="([^"]*)"/)?.[1].replaceAll("&amp;", "&");
    if (!answer.url().includes("/sign-in") || to !== address) wrong.push(`${address} leads to ${answer.url()}, and back to ${to}`);
  }
  await context.close();
  return wrong;
}
