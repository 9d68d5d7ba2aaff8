//! A reader of PromQL expressions, as far as thresholds need it: bounded in length and depth, never failing hard.

/// Longer expressions are not read.
const MAX_LENGTH: usize = 20_000;
/// Chains of more parts are not read.
const MAX_TOKENS: usize = 3_000;
/// How deep an expression may nest.
const MAX_DEPTH: usize = 60;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A number.
    Number(f64),
    /// A text argument.
    Text(String),
    /// A series with its label matchers: label, operator, value.
    Series(String, Vec<(String, String, String)>),
    /// A function or an aggregation.
    Call(String, Vec<Expr>),
    /// Two sides and what stands between them.
    Binary(String, Box<Expr>, Box<Expr>),
}

impl Expr {
    /// Visits every series.
    pub fn each_series<'e>(&'e self, visit: &mut impl FnMut(&'e str, &'e [(String, String, String)])) {
        match self {
            Self::Series(name, labels) => visit(name, labels),
            Self::Call(_, args) => args.iter().for_each(|arg| arg.each_series(visit)),
            Self::Binary(_, left, right) => {
                left.each_series(visit);
                right.each_series(visit);
            }
            Self::Number(_) | Self::Text(_) => {}
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Word(String),
    Text(String),
    Sign(String),
}

/// Reads an expression; `None` if it is none, or too long or too deep.
pub fn parse(text: &str) -> Option<Expr> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let tokens = tokens(text)?;
    if tokens.len() > MAX_TOKENS {
        return None;
    }
    let mut reader = Reader { tokens, at: 0 };
    let expr = reader.binary(0, 0)?;
    (reader.at == reader.tokens.len()).then_some(expr)
}

/// The longest range in brackets, in seconds; 0 without one.
pub fn longest_range(text: &str) -> f64 {
    let ranges = text.split('[').skip(1).filter_map(|rest| rest.split([']', ':']).next());
    ranges.filter_map(|range| number(range.trim())).fold(0.0, f64::max)
}

/// Splits a text; ranges and offsets (`[5m]`, `[1h:5m]`) are dropped, they change no threshold.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&first) = chars.get(at) {
        let take = |from: usize, keep: &dyn Fn(char) -> bool| {
            chars[from..].iter().take_while(|&&each| keep(each)).collect::<String>()
        };
        match first {
            ' ' | '\n' | '\t' | '\r' => at += 1,
            '#' => at += take(at, &|each| each != '\n').chars().count(),
            '[' => at += take(at, &|each| each != ']').chars().count() + 1,
            '"' | '\'' | '`' => {
                let mut value = String::new();
                at += 1;
                while *chars.get(at)? != first {
                    if chars[at] == '\\' && first != '`' {
                        at += 1;
                    }
                    value.push(*chars.get(at)?);
                    at += 1;
                }
                at += 1;
                found.push(Token::Text(value));
            }
            _ if first.is_ascii_digit() || (first == '.' && chars.get(at + 1).is_some_and(char::is_ascii_digit)) => {
                let mut word = take(at, &|each| each.is_ascii_alphanumeric() || each == '.' || each == '_');
                let exponent = word.ends_with(['e', 'E']) && !word.starts_with("0x");
                let sign = chars.get(at + word.chars().count()).copied();
                if let Some(sign) = sign.filter(|sign| exponent && matches!(sign, '+' | '-')) {
                    let more = take(at + word.chars().count() + 1, &|each| each.is_ascii_digit());
                    word = format!("{word}{sign}{more}");
                }
                at += word.chars().count();
                found.push(Token::Number(number(&word)?));
            }
            _ if first.is_alphabetic() || first == '_' || first == ':' => {
                let word = take(at, &|each| each.is_alphanumeric() || each == '_' || each == ':');
                at += word.chars().count();
                found.push(Token::Word(word));
            }
            _ => {
                let two: String = chars[at..].iter().take(2).collect();
                let is_two = ["==", "!=", ">=", "<=", "=~", "!~"].contains(&two.as_str());
                let sign = if is_two { two } else { first.to_string() };
                if !is_two && !"(){},+-*/%^<>=@".contains(first) {
                    return None;
                }
                at += sign.chars().count();
                found.push(Token::Sign(sign));
            }
        }
    }
    Some(found)
}

/// A number, also a time with a unit in seconds (`offset 5m`), also hexadecimal.
fn number(word: &str) -> Option<f64> {
    if let Ok(number) = word.replace('_', "").parse() {
        return Some(number);
    }
    if let Some(digits) = word.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).ok().map(|number| number as f64);
    }
    let mut total = 0.0;
    let mut rest = word;
    while !rest.is_empty() {
        let digits = rest.find(|each: char| !each.is_ascii_digit() && each != '.')?;
        let amount: f64 = rest[..digits].parse().ok()?;
        let unit: String = rest[digits..].chars().take_while(char::is_ascii_alphabetic).collect();
        total += amount
            * match unit.as_str() {
                "ms" => 0.001,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                "d" => 86_400.0,
                "w" => 604_800.0,
                "y" => 31_536_000.0,
                _ => return None,
            };
        rest = &rest[digits + unit.len()..];
    }
    Some(total)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

/// How tightly an operator binds.
fn precedence(operator: &str) -> Option<usize> {
    Some(match operator {
        "or" => 1,
        "and" | "unless" => 2,
        "==" | "!=" | ">" | "<" | ">=" | "<=" => 3,
        "+" | "-" => 4,
        "*" | "/" | "%" | "atan2" => 5,
        "^" => 6,
        _ => return None,
    })
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn sign(&mut self, wanted: &str) -> Option<()> {
        let is = matches!(self.peek(), Some(Token::Sign(sign)) if sign == wanted);
        self.at += usize::from(is);
        is.then_some(())
    }

    fn word(&mut self, wanted: &[&str]) -> Option<()> {
        let is = matches!(self.peek(), Some(Token::Word(word)) if wanted.contains(&word.to_ascii_lowercase().as_str()));
        self.at += usize::from(is);
        is.then_some(())
    }

    fn binary(&mut self, least: usize, depth: usize) -> Option<Expr> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut left = self.unary(depth + 1)?;
        loop {
            let operator = match self.peek() {
                Some(Token::Sign(sign)) => sign.clone(),
                Some(Token::Word(word)) => word.to_ascii_lowercase(),
                _ => break,
            };
            let Some(binds) = precedence(&operator).filter(|&binds| binds > least) else { break };
            self.at += 1;
            self.modifiers();
            let right = self.binary(if operator == "^" { binds - 1 } else { binds }, depth + 1)?;
            left = Expr::Binary(operator, Box::new(left), Box::new(right));
        }
        Some(left)
    }

    /// `bool`, `on (…)`, `ignoring (…)`, `group_left (…)`.
    fn modifiers(&mut self) {
        self.word(&["bool"]);
        while self.word(&["on", "ignoring", "group_left", "group_right"]).is_some() {
            self.labels();
        }
    }

    /// A list of label names in parentheses, skipped.
    fn labels(&mut self) {
        if self.sign("(").is_some() {
            while self.peek().is_some() && self.sign(")").is_none() {
                self.at += 1;
            }
        }
    }

    fn unary(&mut self, depth: usize) -> Option<Expr> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.sign("-").is_some() {
            let operand = self.binary(5, depth + 1)?;
            let minus = Box::new(Expr::Number(-1.0));
            return Some(Expr::Binary("*".into(), minus, Box::new(operand)));
        }
        if self.sign("+").is_some() {
            return self.binary(5, depth + 1);
        }
        let expr = self.primary(depth)?;
        while self.word(&["offset"]).is_some() || self.sign("@").is_some() {
            self.sign("-");
            self.at += 1;
            if self.sign("(").is_some() {
                self.sign(")")?;
            }
        }
        Some(expr)
    }

    fn primary(&mut self, depth: usize) -> Option<Expr> {
        let token = self.peek()?.clone();
        match token {
            Token::Number(number) => {
                self.at += 1;
                Some(Expr::Number(number))
            }
            Token::Text(text) => {
                self.at += 1;
                Some(Expr::Text(text))
            }
            Token::Sign(sign) if sign == "(" => {
                self.at += 1;
                let inner = self.binary(0, depth + 1)?;
                self.sign(")")?;
                Some(inner)
            }
            Token::Sign(sign) if sign == "{" => Some(Expr::Series(String::new(), self.matchers()?)),
            Token::Word(word) => {
                self.at += 1;
                self.named(word, depth)
            }
            Token::Sign(_) => None,
        }
    }

    /// What begins with a name: a series, a call, an aggregation with its grouping before or behind.
    fn named(&mut self, name: String, depth: usize) -> Option<Expr> {
        let grouped = self.word(&["by", "without"]).is_some();
        if grouped {
            self.labels();
        }
        if self.sign("(").is_some() {
            let mut args = Vec::new();
            while self.sign(")").is_none() {
                args.push(self.binary(0, depth + 1)?);
                self.sign(",");
            }
            if self.word(&["by", "without"]).is_some() {
                self.labels();
            }
            return Some(Expr::Call(name.to_ascii_lowercase(), args));
        }
        match name.as_str() {
            "Inf" | "inf" => Some(Expr::Number(f64::INFINITY)),
            "NaN" | "nan" => Some(Expr::Number(f64::NAN)),
            _ if grouped => None,
            _ => {
                let has_labels = matches!(self.peek(), Some(Token::Sign(sign)) if sign == "{");
                let labels = if has_labels { self.matchers()? } else { Vec::new() };
                Some(Expr::Series(name, labels))
            }
        }
    }

    fn matchers(&mut self) -> Option<Vec<(String, String, String)>> {
        self.sign("{")?;
        let mut found = Vec::new();
        while self.sign("}").is_none() {
            let (Token::Word(label) | Token::Text(label)) = self.peek()?.clone() else { return None };
            self.at += 1;
            if let Some(Token::Sign(operator)) = self
                .peek()
                .cloned()
                .filter(|next| matches!(next, Token::Sign(sign) if ["=", "!=", "=~", "!~"].contains(&sign.as_str())))
            {
                self.at += 1;
                let Token::Text(value) = self.peek()?.clone() else { return None };
                self.at += 1;
                found.push((label, operator, value));
            } else {
                found.push(("__name__".into(), "=".into(), label));
            }
            self.sign(",");
        }
        Some(found)
    }
}
