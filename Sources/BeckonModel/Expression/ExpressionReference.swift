/// What conditions and data may say, for the rule reference.
enum ExpressionReference {
    static var section: String {
        var text = """

            ## Conditions and data
            The core of CEL; values, operators and precedence are in [expressions.md](expressions.md).

            | variable | where | is |
            |---|---|---|
            | `event` | an event fires or is judged | `event.name`, `event.time`, `event.properties.…`, `event.context.…` |
            | `properties` | as `event` | `event.properties` |
            | a fold's name | everywhere | what the person's fold holds |
            | `instance` | `if`, `data` | what `collect` gathered: `instance.NAME` |
            | `now` | everywhere | the event's time, or the due time |

            | macro | gives |
            |---|---|
            | `has(properties.plan)` | whether it is there; what is missing makes a condition false |

            """
        for macro in ExpressionTerm.Comprehension.Macro.allCases {
            text += "| `\(macro.example)` | \(macro.documentation) |\n"
        }
        text += """
            | `idle("login")` | the time since the person's last event of that name; missing when there was none |

            | function | of | gives | |
            |---|---|---|---|

            """
        for function in ExpressionFunction.allCases {
            let cells = [
                "`\(function.example)`", operands(of: function), function.result.noun, function.documentation,
            ]
            text += "| " + cells.joined(separator: " | ") + " |\n"
        }
        return text
    }

    private static func operands(of function: ExpressionFunction) -> String {
        function.accepted(at: 0)?.map(\.noun).joined(separator: ", ") ?? "anything"
    }
}

extension ExpressionTerm.Comprehension.Macro {
    var documentation: String {
        switch self {
        case .all: "whether it holds for all elements of a list, or keys of a map"
        case .exists: "whether it holds for any"
        case .existsOne: "whether it holds for exactly one"
        case .map: "a list of the values; with a condition between, of those for which it holds"
        case .filter: "a list of those for which it holds"
        }
    }
}

extension ExpressionFunction {
    var documentation: String {
        switch self {
        case .size: "code points of a text, bytes, elements, entries"
        case .startsWith: "whether a text begins so"
        case .endsWith: "whether a text ends so"
        case .contains: "whether a text has it anywhere"
        case .matches: "whether any part of a text matches the pattern (RE2)"
        case .int: "toward zero; of a timestamp the seconds since 1970; out of range is an error"
        case .uint: "toward zero; out of range is an error"
        case .double: "the nearest one"
        case .string: "timestamps as RFC 3339, durations as `1.5s`"
        case .bytes: "a text's UTF-8"
        case .bool: "of `true` and `false`"
        case .dyn: "the same, of no type that is known when the rules are checked"
        case .type: "its type"
        case .duration: "of `1h30m`, `1.5s`; no days: `168h`"
        case .timestamp: "of RFC 3339, or of seconds since 1970"
        case .getFullYear: "the year, in UTC or in the zone named"
        case .getMonth: "the month, from 0"
        case .getDate: "the day of the month, from 1"
        case .getDayOfMonth: "the day of the month, from 0"
        case .getDayOfWeek: "the day of the week, from 0 for Sunday"
        case .getDayOfYear: "the day of the year, from 0"
        case .getHours: "the hour; of a duration, all of it in whole hours"
        case .getMinutes: "the minute; of a duration, all of it in whole minutes"
        case .getSeconds: "the second; of a duration, all of it in whole seconds"
        case .getMilliseconds: "what is below the second"
        }
    }
}

extension ExpressionType {
    /// Without an article, for tables.
    fileprivate var noun: String {
        let words = described.split(separator: " ")
        return words.count == 2 && ["a", "an"].contains(words[0]) ? String(words[1]) : described
    }
}
