// Entry point of the database thread in the single executable. It is passed as source text, because there is no file.
import { loadEmbedded } from "./embedded-modules.js";

loadEmbedded("store-worker.js");
