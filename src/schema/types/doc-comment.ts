/** Columns of a generated comment. */
const WIDTH = 116;

/**
 * Documentation as a comment for editors, with a line end; empty when there is none. What would end the comment is defused;
 * an empty line separates paragraphs.
 */
export function docComment(documentation: string, indent: string): string {
  const text = documentation.replaceAll("*/", "*\\/").trim();
  if (text === "") return "";
  const width = WIDTH - indent.length;
  const lines = text
    .split("\n\n")
    .flatMap((paragraph, index) => [...(index === 0 ? [] : [""]), ...wrap(paragraph, width - " * ".length)]);
  const [only] = lines;
  if (lines.length === 1 && only !== undefined && only.length <= width - "/**  */".length) {
    return `${indent}/** ${only} */\n`;
  }
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`, ""].join("\n");
}

/** Breaks at white space; a longer word stays whole. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
