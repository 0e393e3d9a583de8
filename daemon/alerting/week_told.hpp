// SPDX-License-Identifier: Apache-2.0
// The weekly word to on-call: planned once, when a daemon first starts on a store; told and planned again by the alert
// process from then on.
#pragma once

#include "daemon/alerting/outgoing.hpp"

namespace forewarn::alerting {

void plan_week(const setup& with, store& ledger, instant now);

} // namespace forewarn::alerting
