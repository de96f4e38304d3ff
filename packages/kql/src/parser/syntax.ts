/**
 * The shapes of Microsoft's syntax tree that the compiler reads. The library is C# translated to JavaScript: these
 * interfaces name only what we use, as it is at run time.
 */
export interface CsList<T> {
  readonly Count: number;
  getItem(index: number): T;
}

export interface TypeSymbol {
  readonly Name: string;
  /** Present on a table's type. */
  readonly Columns?: CsList<{ readonly Name: string; readonly Type: TypeSymbol }>;
  readonly IsOpen?: boolean;
}

export interface SymbolReference {
  readonly Name: string;
  /** Of a function: the ways to call it. */
  readonly Signatures?: CsList<{ readonly Parameters: CsList<{ readonly Name: string }> }>;
  /** Of a column. */
  readonly Type?: TypeSymbol;
}

export interface SyntaxNode {
  readonly Kind: number;
  readonly TextStart: number;
  readonly End: number;
  readonly ChildCount: number;
  readonly ReferencedSymbol: SymbolReference | null;
  /** The node at the top of this node's text. */
  readonly Root: SyntaxNode;
  readonly Parent: SyntaxNode | null;
  GetChild(index: number): SyntaxNode | null;
  /** `toString(1)`: the text without leading and trailing trivia. */
  toString(options?: number): string;
}

export interface SyntaxToken extends SyntaxNode {
  readonly Text: string;
  readonly ValueText: string;
}

export interface Expression extends SyntaxNode {
  readonly ResultType: TypeSymbol | null;
}

export interface Separated<T> {
  readonly Element$1: T;
}
export type SeparatedList<T> = CsList<Separated<T>>;

export interface NameNode extends Expression {
  readonly SimpleName: string;
  /** Where the name is a function without arguments, called without parentheses. */
  GetCalledFunctionBody(): FunctionBody | null;
}
export interface ExpressionList extends SyntaxNode {
  readonly Expressions: SeparatedList<Expression>;
}
export interface FunctionBody extends SyntaxNode {
  readonly Statements: SeparatedList<SyntaxNode>;
  readonly Expression: Expression | null;
}
export interface FunctionParameter extends SyntaxNode {
  readonly NameAndType: { readonly Name: NameNode; readonly Type: SyntaxNode };
  readonly DefaultValue: { readonly Value: Expression } | null;
}
export interface FunctionCall extends Expression {
  readonly Name: NameNode;
  readonly ArgumentList: ExpressionList;
  readonly ReferencedSignature: { readonly Parameters: CsList<{ readonly Name: string }> } | null;
  GetCalledFunctionBody(): FunctionBody | null;
}
export interface FunctionDeclaration extends Expression {
  readonly ViewKeyword: SyntaxToken | null;
  readonly Parameters: { readonly Parameters: SeparatedList<FunctionParameter> };
  readonly Body: FunctionBody;
}
export interface NamedParameter extends SyntaxNode {
  readonly Name: NameNode;
  readonly Expression: Expression;
}
export interface RowSchema extends SyntaxNode {
  readonly Columns: SeparatedList<{ readonly Name: NameNode; readonly Type: SyntaxNode }>;
}
export interface OrderedExpression extends Expression {
  readonly Expression: Expression;
  readonly Ordering: {
    readonly AscOrDescKeyword: SyntaxToken | null;
    readonly NullsClause: { readonly FirstOrLastKeyword: SyntaxToken } | null;
  };
}

interface HasExpression extends Expression {
  readonly Expression: Expression;
}
interface HasExpressions extends Expression {
  readonly Parameters: CsList<NamedParameter> | undefined;
  readonly Expressions: SeparatedList<Expression>;
}
interface Comparison extends Expression {
  readonly Left: Expression;
  readonly Operator: SyntaxToken;
  readonly Right: ExpressionList;
}

/** Expressions by the name of their class. */
export interface ExpressionNodes {
  LiteralExpression: Expression & { readonly Token: SyntaxToken };
  CompoundStringLiteralExpression: Expression & { readonly Tokens: CsList<SyntaxToken> };
  DynamicExpression: HasExpression;
  NameReference: NameNode;
  FunctionCallExpression: FunctionCall;
  BinaryExpression: Expression & {
    readonly Left: Expression;
    readonly Operator: SyntaxToken;
    readonly Right: Expression;
  };
  PrefixUnaryExpression: HasExpression & { readonly Operator: SyntaxToken };
  ParenthesizedExpression: HasExpression;
  BracketedExpression: HasExpression;
  BetweenExpression: Expression & {
    readonly Left: Expression;
    readonly Operator: SyntaxToken;
    readonly Right: { readonly First: Expression; readonly Second: Expression };
  };
  InExpression: Comparison;
  HasAnyExpression: Comparison;
  HasAllExpression: Comparison;
  PathExpression: HasExpression & { readonly Selector: Expression };
  ElementExpression: HasExpression & { readonly Selector: Expression };
  ToScalarExpression: HasExpression;
  SimpleNamedExpression: HasExpression & { readonly Name: NameNode };
  CompoundNamedExpression: HasExpression & { readonly Names: { readonly Names: SeparatedList<NameNode> } };
  OrderedExpression: OrderedExpression;
  TypeOfLiteralExpression: Expression & { readonly Types: SeparatedList<SyntaxNode> };
  StarExpression: Expression;
}

/** JSON inside `dynamic(…)`. */
export interface JsonNodes {
  JsonObjectExpression: Expression & {
    readonly Pairs: SeparatedList<{ readonly Name: SyntaxToken; readonly Value: Expression }>;
  };
  JsonArrayExpression: Expression & { readonly Values: SeparatedList<Expression> };
}

/** Tabular expressions that begin a pipe, and the pipe itself, by the name of their class. */
export interface SourceNodes {
  PipeExpression: Expression & { readonly Expression: Expression; readonly Operator: Expression };
  NameReference: NameNode;
  FunctionCallExpression: FunctionCall;
  ParenthesizedExpression: HasExpression;
  MaterializeExpression: HasExpression;
  PathExpression: HasExpression & { readonly Selector: Expression };
  ExternalDataExpression: Expression & {
    readonly Parameters: CsList<NamedParameter>;
    readonly Schema: RowSchema;
    readonly URIs: SeparatedList<Expression>;
    readonly WithClause: { readonly Properties: SeparatedList<NamedParameter> } | null;
  };
  DataTableExpression: Expression & { readonly Schema: RowSchema; readonly Values: SeparatedList<Expression> };
  PrintOperator: HasExpressions;
  RangeOperator: Expression & {
    readonly Name: NameNode;
    readonly From: Expression;
    readonly To: Expression;
    readonly Step: Expression;
  };
  UnionOperator: HasExpressions;
  EvaluateOperator: EvaluateOperator;
  SearchOperator: SearchNode;
  FindOperator: FindNode;
}

export interface SearchNode extends Expression {
  readonly Parameters: CsList<NamedParameter>;
  readonly InClause: { readonly Expressions: SeparatedList<Expression> } | null;
  readonly Condition: Expression;
}
export interface FindNode extends SearchNode {
  /** `project`, `project-smart` or nothing. */
  readonly Project: { readonly Columns: SeparatedList<Expression> } | null;
}
/** `name: type` in `find … project`. */
export interface TypedColumn extends Expression {
  readonly Column: NameNode;
  readonly Type: SyntaxNode;
}

export interface MvExpandExpression extends Expression {
  readonly Expression: Expression;
  readonly ToTypeOf: { readonly TypeOf: ExpressionNodes['TypeOfLiteralExpression'] } | null;
}

export interface TopNestedClause extends SyntaxNode {
  readonly Expression: Expression | null;
  readonly OfExpression: Expression;
  readonly WithOthersClause: { readonly Expression: Expression } | null;
  readonly ByExpression: Expression;
}

interface HasClause {
  readonly Expression: Expression;
}

export interface MakeSeriesOperator extends Expression {
  readonly Parameters: CsList<NamedParameter>;
  readonly Aggregates: SeparatedList<{ readonly Expression: Expression; readonly DefaultExpression: HasClause | null }>;
  readonly OnClause: HasClause;
  readonly RangeClause:
    | { readonly Arguments: ExpressionList }
    | {
        readonly MakeSeriesFromClause: HasClause | null;
        readonly MakeSeriesToClause: HasClause | null;
        readonly MakeSeriesStepClause: HasClause | null;
      };
  readonly ByClause: { readonly Expressions: SeparatedList<Expression> } | null;
}

export interface ScanStep extends Expression {
  readonly Name: NameNode;
  readonly OptionalKeyword: SyntaxNode | null;
  readonly ScanStepOutput: { readonly OutputKind: SyntaxNode } | null;
  readonly Condition: Expression;
  readonly ComputationClause: {
    readonly Assignments: SeparatedList<{ readonly Name: NameNode; readonly Expression: Expression }>;
  } | null;
}

/** Operators that take the table before the pipe, by the name of their class. */
export interface OperatorNodes {
  FilterOperator: Expression & { readonly Condition: Expression };
  ExtendOperator: HasExpressions;
  ProjectOperator: HasExpressions;
  ProjectAwayOperator: HasExpressions;
  ProjectKeepOperator: HasExpressions;
  ProjectRenameOperator: HasExpressions;
  ProjectReorderOperator: HasExpressions;
  SummarizeOperator: Expression & {
    readonly Parameters: CsList<NamedParameter>;
    readonly Aggregates: SeparatedList<Expression>;
    readonly ByClause: {
      readonly Expressions: SeparatedList<Expression>;
      readonly BinClause: Expression | null;
    } | null;
  };
  SortOperator: HasExpressions;
  TopOperator: HasExpression & { readonly ByExpression: Expression };
  TakeOperator: HasExpression;
  SampleOperator: HasExpression;
  SampleDistinctOperator: HasExpression & { readonly OfExpression: Expression };
  TopHittersOperator: HasExpression & {
    readonly OfExpression: Expression;
    readonly ByClause: { readonly Expression: Expression } | null;
  };
  TopNestedOperator: Expression & { readonly Clauses: SeparatedList<TopNestedClause> };
  ReduceByOperator: HasExpression & {
    readonly Parameters: CsList<NamedParameter>;
    readonly With: { readonly Parameters: SeparatedList<NamedParameter> } | null;
  };
  DistinctOperator: HasExpressions;
  CountOperator: Expression & { readonly AsIdentifier: { readonly Identifier: SyntaxToken } | null };
  UnionOperator: HasExpressions;
  JoinOperator: HasExpression & {
    readonly Parameters: CsList<NamedParameter>;
    readonly ConditionClause:
      (SyntaxNode & { readonly Expressions?: SeparatedList<Expression>; readonly Expression?: Expression }) | null;
  };
  LookupOperator: HasExpression & {
    readonly Parameters: CsList<NamedParameter>;
    readonly LookupClause: (SyntaxNode & { readonly Expressions?: SeparatedList<Expression> }) | null;
  };
  MvExpandOperator: Expression & {
    readonly Parameters: CsList<NamedParameter>;
    readonly Expressions: SeparatedList<MvExpandExpression>;
    readonly RowLimitClause: { readonly RowLimit: Expression } | null;
  };
  MakeSeriesOperator: MakeSeriesOperator;
  ScanOperator: Expression & {
    readonly Parameters: CsList<NamedParameter>;
    readonly OrderByClause: SyntaxNode | null;
    readonly PartitionByClause: SyntaxNode | null;
    readonly DeclareClause: { readonly Declarations: SeparatedList<FunctionParameter> } | null;
    readonly Steps: CsList<ScanStep>;
  };
  PartitionOperator: Expression & {
    readonly Parameters: CsList<NamedParameter>;
    readonly ByExpression: Expression;
    readonly Scope: SyntaxNode | null;
    /** In parentheses steps over the subtable, in braces a query of its own. */
    readonly Operand: Expression & { readonly Subquery?: Expression; readonly Query?: Expression };
  };
  MvApplyOperator: Expression & {
    readonly Parameters: CsList<NamedParameter>;
    readonly Expressions: SeparatedList<MvExpandExpression>;
    readonly RowLimitClause: { readonly RowLimit: Expression } | null;
    readonly ContextIdClause: SyntaxNode | null;
    readonly Subquery: HasExpression;
  };
  ParseOperator: HasExpression & { readonly Parameters: CsList<NamedParameter>; readonly Patterns: CsList<SyntaxNode> };
  ParseWhereOperator: HasExpression & {
    readonly Parameters: CsList<NamedParameter>;
    readonly Patterns: CsList<SyntaxNode>;
  };
  ParseKvOperator: HasExpression & {
    readonly Keys: RowSchema;
    readonly WithClause: { readonly Properties: SeparatedList<NamedParameter> } | null;
  };
  ProjectByNamesOperator: HasExpressions;
  ForkOperator: Expression & { readonly Expressions: CsList<HasExpression> };
  FacetOperator: HasExpressions & { readonly WithClause: { readonly Expression: Expression } | null };
  MakeGraphOperator: MakeGraph;
  GraphMatchOperator: GraphPatterns;
  GraphShortestPathsOperator: GraphPatterns;
  GraphToTableOperator: Expression & { readonly OutputClause: SeparatedList<GraphOutput> };
  GraphMarkComponentsOperator: Expression & { readonly Parameters: CsList<NamedParameter> };
  GraphWhereNodesOperator: Expression & { readonly Condition: Expression };
  GraphWhereEdgesOperator: Expression & { readonly Condition: Expression };
  ConsumeOperator: Expression & { readonly Parameters: CsList<NamedParameter> };
  SerializeOperator: HasExpressions;
  AsOperator: Expression & { readonly Name: NameNode };
  InvokeOperator: Expression & { readonly Function: Expression };
  RenderOperator: Expression & {
    readonly ChartType: SyntaxToken;
    readonly WithClause: { readonly Properties: SeparatedList<NamedParameter> } | null;
  };
  GetSchemaOperator: Expression;
  SearchOperator: SearchNode;
  FindOperator: FindNode;
  EvaluateOperator: EvaluateOperator;
}

/** `evaluate f(…) : (*, name: type)`: the operator, also where it begins a pipe. */
export interface EvaluateOperator extends Expression {
  readonly Parameters: CsList<NamedParameter>;
  readonly FunctionCall: FunctionCall;
  readonly Schema: { readonly Schema: RowSchema & { readonly AsteriskToken: SyntaxToken | null } } | null;
}

/** `make-graph source --> target with …`. */
export interface MakeGraph extends Expression {
  readonly SourceColumn: NameNode;
  readonly TargetColumn: NameNode;
  /** `with_node_id=name`, or tables of nodes and the columns that name them. */
  readonly WithClause:
    | (SyntaxNode & {
        readonly Name?: NameNode;
        readonly TablesAndKeys?: SeparatedList<{ readonly Table: Expression; readonly Column: NameNode }>;
      })
    | null;
  readonly PartitionedByClause: { readonly Entity: NameNode; readonly Subquery: Expression } | null;
}
export interface GraphPatterns extends Expression {
  readonly Parameters: CsList<NamedParameter>;
  readonly Patterns: SeparatedList<{ readonly PatternElements: CsList<GraphElement> }>;
  readonly WhereClause: { readonly Condition: Expression } | null;
  readonly ProjectClause: { readonly Expressions: SeparatedList<Expression> } | null;
}
/** A node or an edge of a pattern. */
export interface GraphElement extends SyntaxNode {
  readonly Name: NameNode | null;
  /** Of an edge: `*1..3`. */
  readonly Range?: { readonly RangeStart: Expression; readonly RangeEnd: Expression } | null;
}
export interface GraphOutput extends SyntaxNode {
  readonly AsClause: SyntaxNode | null;
  readonly Parameters: CsList<NamedParameter>;
}

export interface LetStatement extends SyntaxNode {
  readonly Name: NameNode;
  readonly Expression: Expression;
}
export interface SetOptionStatement extends SyntaxNode {
  readonly Name: NameNode;
  readonly ValueClause: { readonly Expression: Expression } | null;
}
export interface QueryParametersStatement extends SyntaxNode {
  readonly Parameters: SeparatedList<FunctionParameter>;
}
export interface RestrictStatement extends SyntaxNode {
  readonly Expressions: SeparatedList<Expression>;
}
export interface PatternStatement extends SyntaxNode {
  readonly Name: NameNode;
  readonly Pattern: PatternDeclaration | null;
}
export interface PatternDeclaration extends SyntaxNode {
  readonly Parameters: SeparatedList<FunctionParameter['NameAndType']>;
  readonly PathParameter: { readonly Parameter: FunctionParameter['NameAndType'] } | null;
  readonly Patterns: CsList<PatternMatch>;
}
export interface PatternMatch extends SyntaxNode {
  readonly ParameterValues: ExpressionList;
  readonly PathValue: { readonly Value: Expression } | null;
  readonly Body: FunctionBody;
}
export interface ExpressionStatement extends SyntaxNode {
  readonly Expression: Expression;
}
export interface QueryBlock extends SyntaxNode {
  readonly Statements: SeparatedList<SyntaxNode>;
}

/** The text of a node without what stands around it. */
export function textOf(node: SyntaxNode): string {
  return node.toString(1).trim();
}

/** A separated list as an array. */
export function elements<T>(list: SeparatedList<T> | null | undefined): T[] {
  return items(list).map((element) => element.Element$1);
}

export function items<T>(list: CsList<T> | null | undefined): T[] {
  return list ? Array.from({ length: list.Count }, (_, index) => list.getItem(index)) : [];
}
