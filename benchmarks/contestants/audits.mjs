/** Let Lighthouse judge pages in a Chromium; print the scores of each. Arguments: the path of the Chromium, URLs. */

import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const [executablePath, ...urls] = process.argv.slice(2);
// As it is by default, but that nothing is waited for: neither the network nor the processor has anything to do here.
const settings = {
  disableFullPageScreenshot: true,
  networkQuietThresholdMs: 0,
  onlyCategories: ["accessibility", "best-practices"],
  logLevel: "silent",
  pauseAfterFcpMs: 0,
  pauseAfterLoadMs: 0,
  cpuQuietThresholdMs: 0,
};

/** Give the score of each category. */
async function judge(browser, url) {
  const page = await browser.newPage();
  const { lhr } = await lighthouse(url, settings, undefined, page);
  await page.close();
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  return Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, score]));
}

const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const judged = [];
  for (const url of urls) judged.push(await judge(browser, url));
  console.log(JSON.stringify(judged));
} finally {
  await browser.close();
}
