// SPDX-License-Identifier: Apache-2.0
// Names only: who keeps an engine need not know how it is written down.
#pragma once

namespace forewarn::rules {

class snapshot_writer;
class snapshot_reader;

} // namespace forewarn::rules
