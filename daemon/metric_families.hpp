// SPDX-License-Identifier: Apache-2.0
// Families of metrics whose values are read at the moment they are asked for: from the store, the desk, the outbox and
// the system. Nothing is counted here.
#pragma once

#include "daemon/delivery/outbox.hpp"
#include "daemon/desk.hpp"
#include "forewarn/store.hpp"

#include <prometheus/metric_family.h>

#include <vector>

namespace forewarn::metric {

using families = std::vector<prometheus::MetricFamily>;

void read_work(const store_reader& stored, families& out); // signals, assessments, alerts that are open
void read_outbox(const store_reader& stored, instant now, families& out);
void read_canaries(const std::vector<std::string>& ways, const store_reader& stored, families& out);
void read_feeds(const store_reader& stored, families& out);
void read_desk(const desk& at, families& out);
void read_deliveries(const outbox::figures& sent, families& out);
void read_process(families& out);

} // namespace forewarn::metric
