import {
  type BinaryOperationNode,
  OperatorNode,
  PostgresDialect,
  PostgresQueryCompiler,
  PrimitiveValueListNode,
  type QueryCompiler,
} from "kysely";

/**
 * Passes a list of values as one array. As a list of parameters, five hundred of them take longer to write, parse and plan than to look up,
 * and each length is another statement.
 */
class LeanQueryCompiler extends PostgresQueryCompiler {
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const { leftOperand, operator, rightOperand } = node;
    const comparison =
      OperatorNode.is(operator) && PrimitiveValueListNode.is(rightOperand) ? comparisons[operator.operator] : undefined;
    if (comparison === undefined || !PrimitiveValueListNode.is(rightOperand)) {
      super.visitBinaryOperation(node);
      return;
    }
    this.visitNode(leftOperand);
    this.append(` ${comparison}(`);
    this.appendValue(rightOperand.values);
    this.append(")");
  }
}

const comparisons: Readonly<Partial<Record<string, string>>> = { in: "= any", "not in": "<> all" };

/** Kysely's dialect for PostgreSQL with shorter statements. */
export class LeanPostgresDialect extends PostgresDialect {
  override createQueryCompiler(): QueryCompiler {
    return new LeanQueryCompiler();
  }
}

const keptMark = "/* kept */";

/** `insert into`, of a statement that the server parses and plans once for each connection: {@link keptName}. */
export const insertKept = `insert ${keptMark} into`;

/** The name under which the server keeps a statement; of most there is none. Only few texts may be kept: each takes memory of the server. */
export function keptName(text: string): string | undefined {
  // Its length tells those with few rows from those with many.
  return text.includes(keptMark) ? `harbinger ${text.length}` : undefined;
}
