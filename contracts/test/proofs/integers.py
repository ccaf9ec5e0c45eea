#!/usr/bin/env python3
"""A solver for halmos that reads a query about 256-bit words as one about integers: products and quotients of whole words are
out of reach of solvers that look at bits. A word is an integer between bounds that follow from the query's own assumptions; only where
it could be outside of 0 .. 2^width - 1 is the remainder taken. What is not understood becomes any value, so `unsat` is a proof; anything
else is given to z3 as it is, which may find a counterexample.

    halmos --function check_ --solver-command 'python3 test/proofs/integers.py'
"""

import sys

import z3

TIMEOUT_MS = 60_000


class Query:
    def __init__(self, assertions):
        self.bounds = {}
        self.words = {}
        self.ranges = []
        for _ in range(4):
            for each in assertions:
                self.bound(each)
        self.formulas = [self.formula(each) for each in assertions]

    def atom(self, term):
        """The unknown that a term is, whatever zeros are above it or were cut off; None where it is another."""
        if z3.is_app_of(term, z3.Z3_OP_CONCAT) and all(number(part) == 0 for part in term.children()[:-1]):
            return self.atom(term.children()[-1])
        if z3.is_app_of(term, z3.Z3_OP_ZERO_EXT):
            return self.atom(term.arg(0))
        if z3.is_app_of(term, z3.Z3_OP_EXTRACT) and term.params()[1] == 0:
            whole = self.atom(term.arg(0))
            return whole if whole is not None and self.most(whole) < 2 ** term.size() else None
        return term if z3.is_const(term) and term.decl().kind() == z3.Z3_OP_UNINTERPRETED else None

    def most(self, atom):
        return self.bounds.get(atom.get_id(), 2 ** atom.size() - 1)

    def lower(self, atom, most):
        self.bounds[atom.get_id()] = min(most, self.most(atom))

    def highest(self, term):
        atom = self.atom(term)
        return number(term) if atom is None else self.most(atom)

    def bound(self, assertion):
        """What an assumption says of an unknown alone, or of two."""
        if z3.is_and(assertion):
            for each in assertion.children():
                self.bound(each)
            return
        if z3.is_eq(assertion) and z3.is_bv(assertion.arg(0)):
            return self.bound_by_zeros(assertion.arg(0), assertion.arg(1))
        strict = z3.is_not(assertion)
        comparison = assertion.arg(0) if strict else assertion
        if comparison.decl().kind() not in (z3.Z3_OP_ULEQ, z3.Z3_OP_UGEQ):
            return
        low, high = comparison.children()
        if (comparison.decl().kind() == z3.Z3_OP_UGEQ) != strict:
            low, high = high, low
        atom, most = self.atom(low), self.highest(high)
        if atom is not None and most is not None:
            self.lower(atom, most - strict)

    def bound_by_zeros(self, left, right):
        """Of `extract(top.., from) = 0`, and of `unknown = concat(0, rest)`."""
        if number(right) == 0 and z3.is_app_of(left, z3.Z3_OP_EXTRACT):
            top, bottom = left.params()
            atom = self.atom(left.arg(0))
            if atom is not None and self.most(atom) < 2 ** (top + 1):
                self.lower(atom, 2**bottom - 1)
        elif self.atom(left) is not None and z3.is_app_of(right, z3.Z3_OP_CONCAT) and number(right.arg(0)) == 0:
            self.lower(self.atom(left), 2 ** (right.size() - right.arg(0).size()) - 1)

    def any(self, term, most):
        value = z3.Int(f"any{term.get_id()}")
        self.ranges += [value >= 0, value <= most]
        return value, 0, most

    def word(self, term):
        """An integer that is the term modulo 2^width, and its bounds."""
        if term.get_id() not in self.words:
            self.words[term.get_id()] = self.read(term)
        return self.words[term.get_id()]

    def plain(self, term):
        """The same, between 0 and 2^width - 1."""
        value, low, high = self.word(term)
        whole = 2 ** term.size()
        if low >= 0 and high < whole:
            return value, low, high
        if low > -whole and high < whole:
            return z3.If(value >= 0, value, value + whole), 0, whole - 1
        return value % whole, 0, whole - 1

    def read(self, term):
        value = number(term)
        if value is not None:
            # Subtraction comes as a product with -1.
            if value >= 2 ** (term.size() - 1):
                value -= 2 ** term.size()
            return z3.IntVal(value), value, value
        atom = self.atom(term)
        if atom is not None:
            if atom.get_id() == term.get_id():
                return self.any(term, self.most(term))
            return self.word(atom)
        kind = self.kind(term)
        if kind in (z3.Z3_OP_BADD, z3.Z3_OP_BSUB, z3.Z3_OP_BMUL):
            return self.sum_or_product(kind, [self.word(each) for each in term.children()])
        if kind in (z3.Z3_OP_BUDIV, z3.Z3_OP_BUDIV_I, z3.Z3_OP_BUREM, z3.Z3_OP_BUREM_I):
            return self.quotient(term, kind in (z3.Z3_OP_BUDIV, z3.Z3_OP_BUDIV_I))
        if kind == z3.Z3_OP_ITE:
            first, second = self.plain(term.arg(1)), self.plain(term.arg(2))
            value = z3.If(self.formula(term.arg(0)), first[0], second[0])
            return value, min(first[1], second[1]), max(first[2], second[2])
        if kind == z3.Z3_OP_ZERO_EXT:
            return self.plain(term.arg(0))
        if kind == z3.Z3_OP_CONCAT:
            return self.concatenation(term)
        if kind == z3.Z3_OP_EXTRACT:
            return self.part(term)
        return self.any(term, 2 ** term.size() - 1)

    def kind(self, term):
        """Halmos' names for what the EVM does are as good as the operations; none divides by zero as bit-vectors do."""
        names = {"mul": z3.Z3_OP_BMUL, "udiv": z3.Z3_OP_BUDIV_I, "urem": z3.Z3_OP_BUREM_I}
        name = term.decl().name().removeprefix("f_evm_bv").split("_")[0]
        is_named = term.decl().name().startswith("f_evm_bv") and name in names
        return names[name] if is_named else term.decl().kind()

    def sum_or_product(self, kind, operands):
        value, low, high = operands[0]
        for other, least, most in operands[1:]:
            if kind == z3.Z3_OP_BADD:
                value, low, high = value + other, low + least, high + most
            elif kind == z3.Z3_OP_BSUB:
                value, low, high = value - other, low - most, high - least
            else:
                corners = [low * least, low * most, high * least, high * most]
                value, low, high = value * other, min(corners), max(corners)
        return value, low, high

    def quotient(self, term, is_quotient):
        (value, _, high), (divisor, least, _) = self.plain(term.arg(0)), self.plain(term.arg(1))
        of_the_evm = term.decl().name().startswith("f_evm_bv")
        if is_quotient:
            found, _, _ = self.any(term, 2 ** term.size() - 1)
            exact = z3.And(found * divisor <= value, value < found * divisor + divisor, found <= value)
            self.ranges.append(z3.If(divisor == 0, found == (0 if of_the_evm else 2 ** term.size() - 1), exact))
            return found, 0, high // least if least > 0 else 2 ** term.size() - 1
        return z3.If(divisor == 0, z3.IntVal(0) if of_the_evm else value, value % divisor), 0, high

    def concatenation(self, term):
        value, low, high = z3.IntVal(0), 0, 0
        for each in term.children():
            part, least, most = self.plain(each)
            scale = 2 ** each.size()
            value, low, high = value * scale + part, low * scale + least, high * scale + most
        return value, low, high

    def part(self, term):
        top, bottom = term.params()
        value, low, high = self.plain(term.arg(0))
        if bottom:
            value, low, high = value / (2**bottom), low // 2**bottom, high // 2**bottom
        whole = 2 ** (top - bottom + 1)
        return (value, low, high) if high < whole else (value % whole, 0, whole - 1)

    def formula(self, term):
        kind = term.decl().kind()
        comparisons = {
            z3.Z3_OP_ULEQ: lambda a, b: a <= b,
            z3.Z3_OP_UGEQ: lambda a, b: a >= b,
            z3.Z3_OP_ULT: lambda a, b: a < b,
            z3.Z3_OP_UGT: lambda a, b: a > b,
            z3.Z3_OP_EQ: lambda a, b: a == b,
        }
        if kind in comparisons and z3.is_bv(term.arg(0)):
            return comparisons[kind](self.plain(term.arg(0))[0], self.plain(term.arg(1))[0])
        if z3.is_true(term) or z3.is_false(term):
            return term
        logical = (z3.Z3_OP_AND, z3.Z3_OP_OR, z3.Z3_OP_NOT, z3.Z3_OP_IMPLIES, z3.Z3_OP_ITE, z3.Z3_OP_EQ)
        if kind in logical and all(z3.is_bool(each) for each in term.children()):
            return term.decl()(*[self.formula(each) for each in term.children()])
        return z3.Bool(f"any{term.get_id()}")


def number(term):
    return term.as_long() if z3.is_bv_value(term) else None


def main(path):
    with open(path) as file:
        text = file.read()
    assertions = list(z3.parse_smt2_string(text))
    # The terms must live as long as their numbers name them.
    query = Query(assertions)
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_MS)
    solver.add(query.ranges + query.formulas)
    if solver.check() == z3.unsat:
        print("unsat")
        return
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_MS // 4)
    solver.add(assertions)
    answer = solver.check()
    print(answer)
    if answer == z3.sat:
        print(solver.model().sexpr())


main(sys.argv[-1])
