// Where the thread with the database starts in the single executable. It has no file there: its text is run.
import { loadEmbedded } from "./embedded-modules.js";

loadEmbedded("store-worker.js");
