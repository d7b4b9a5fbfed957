// The page of an area: shows at once what is chosen, copies the line for other sites, prints the report.
import { startCopying } from "../copy.js";
import { wake } from "../list.js";

wake();
startCopying();
document.getElementById("print")?.addEventListener("click", () => print());
