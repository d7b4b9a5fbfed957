// Run pa11y on pages: reads [{name, url, language, scheme, headers}] as JSON, writes the same with `issues`, and tells each as it comes. One browser for all.
import { text } from "node:stream/consumers";
import pa11y from "pa11y";
import puppeteer from "puppeteer";

const asked = JSON.parse(await text(process.stdin));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
});
for (const one of asked) {
  const page = await browser.newPage();
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: one.scheme }]);
  const { issues } = await pa11y(one.url, { browser, page, headers: one.headers, standard: "WCAG2AA", wait: 300, timeout: 90_000 });
  one.issues = issues.map(({ code, context, message }) => ({ code, context, message }));
  await page.close();
  console.error(`pa11y: ${one.name} ${one.language} ${one.scheme} ${issues.length}`);
}
await browser.close();
process.stdout.write(JSON.stringify(asked));
