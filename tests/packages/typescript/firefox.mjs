/**
 * Do things in a Firefox as it is, one after the other: print what each gives, what pages said meanwhile or failed at, and what they asked for.
 * Arguments: the path of the Firefox, and the steps as JSON, each an array of a name in `STEPS` and what it needs.
 */

import puppeteer from "puppeteer-core";

const [executablePath, steps] = process.argv.slice(2);

const STEPS = {
  open: (page, url) => page.goto(url).then(() => null),
  reload: (page) => page.reload().then(() => null),
  click: (page, selector) => page.click(selector),
  choose: (page, selector, value) => page.select(selector, value),
  press: (page, key) => page.keyboard.press(key),
  type: (page, text) => page.keyboard.type(text),
  read: (page, expression) => page.evaluate(expression),
  wait: (page, expression) => page.waitForFunction(expression, { timeout: 5_000 }).then(() => null),
};

const browser = await puppeteer.launch({ browser: "firefox", executablePath });
try {
  const page = await browser.newPage();
  const given = [];
  const [said, asked] = [[[]], [[]]]; // by step
  page.on("console", (message) => said.at(-1).push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.at(-1).push(`error: ${error.message}`));
  page.on("request", (request) => asked.at(-1).push(request.url()));
  for (const [name, ...needed] of JSON.parse(steps)) {
    given.push((await STEPS[name](page, ...needed)) ?? null);
    for (const one of [said, asked]) one.push([]);
  }
  console.log(JSON.stringify({ given, said, asked }));
} finally {
  await browser.close();
}
