/** Print where a Chromium is that comes as an npm package. */

import chromium from "@sparticuz/chromium";

console.log(await chromium.executablePath());
