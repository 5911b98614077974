import type { ReportLayout } from "../../present/findings/report-layout.ts";
import { reportFileText, reportText } from "./report-text.ts";
import { reportSubject } from "./report-words.ts";

/** Reports on `port_*` sections, in the words and the layout of the earlier tool, because programs read them. */
export const portReportLayout: ReportLayout = {
  subject: reportSubject,
  mailText: reportText,
  fileText: reportFileText,
};
