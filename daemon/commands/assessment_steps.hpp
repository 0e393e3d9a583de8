// SPDX-License-Identifier: Apache-2.0
// The parts of `forewarn assessments` before a decision: asking stakeholders, validating, grading.
#pragma once

#include "daemon/commands/command.hpp"
#include "daemon/commands/stored.hpp"
#include "forewarn/alert.hpp"

#include <boost/json/object.hpp>

namespace forewarn::commands {

void add_assessment_steps(CLI::App& assessments, context& shared);

// What the panel has found so far, below what `assessments show` prints; and as members of its JSON.
void print_case(const assessment& one, const stored& from);
// What can be done with one that waits, as commands.
void print_next_steps(const assessment& one, const stored& from);
void put_case(boost::json::object& into, const assessment& one, const stored& from);

} // namespace forewarn::commands
