// SPDX-License-Identifier: Apache-2.0
#include "daemon/desk.hpp"
#include "daemon/delivery/outbox.hpp"
#include "rules/backtest.hpp"
#include "daemon/alerting/process.hpp"
#include "daemon/commands/command.hpp"
