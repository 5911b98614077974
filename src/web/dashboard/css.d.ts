/** The build makes a file of each style sheet, and loads it with the part of the pages that imports it. */
declare module "*.css";
