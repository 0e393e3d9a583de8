// SPDX-License-Identifier: Apache-2.0
// What a partner finds beside the file that was dropped, and what becomes of files and bodies that come again.
#include "daemon/folder/receipt.hpp"
#include "daemon/store/open.hpp"
#include "support/inbox.hpp"
#include "support/running_app.hpp"
#include "support/soon.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace forewarn;
using test::drop;
using test::soon;
using test::text_of;
namespace fs = std::filesystem;

namespace {

row_fate fate(row_result result, const std::string& reason = {}) {
  row_fate out;
  out.result = result;
  if (!reason.empty()) out.why = {"When", "bad-time", reason, "soon"};
  return out;
}

const std::string header = "Call ID,Call time,Ward,Setting,Drugs reported,Naloxone given,Naloxone doses,Age,Sex,"
                           "Patient ref,Incident no,Outcome\n";
const std::string csv = "Content-Type: text/csv\r\nAuthorization: Bearer feed-token\r\n";
const std::string owner = "Authorization: Bearer owner-token\r\n";

std::string call(const std::string& id, const std::string& time, const std::string& drug,
                 const std::string& outcome = "") {
  return id + "," + time + ",Armley,Private home," + drug + ",Y,1,34,Male,P1,I1," + outcome + "\n";
}

} // namespace

TEST_CASE("a receipt goes on after a stop, loses nothing, and is there whole or not at all") {
  test::temp_dir folder;
  fs::create_directories(folder.path() / ".processing");
  const auto claimed = folder.path() / ".processing" / "a.csv";
  {
    folder::receipt told{claimed};
    told.add(2, fate(row_result::accepted));
    told.add(3, fate(row_result::quarantined, "'soon' is not a date,\nof this form"));
  }
  CHECK_FALSE(fs::exists(folder.path() / "a.csv.receipt.csv"));
  {
    std::ofstream{folder.path() / ".processing" / ".a.csv.receipt.csv.part", std::ios::app} << "4,,,acc";
  } // cut by a crash
  folder::receipt told{claimed};
  CHECK(told.rows() == 2);
  connectors::taken_row row;
  row.line = 4;
  row.what = observation{};
  told.add_taken_before(row);
  row_fate revised;
  revised.revised = true;
  told.add(5, revised);
  told.add(6, fate(row_result::duplicate));
  told.add(7, fate(row_result::stale));
  told.add(8, fate(row_result::unselected));
  told.add_broken(9, {"", "bad-gzip", "the file ends in the middle", ""});
  REQUIRE(told.publish(folder.path()));
  CHECK(text_of(folder.path() / "a.csv.receipt.csv") ==
        "line,column,value,result,reason\n"
        "2,,,accepted,\n"
        "3,When,soon,quarantined,\"'soon' is not a date, of this form\"\n"
        "4,,,accepted,taken before a restart\n"
        "5,,,accepted,replaces what was sent before\n"
        "6,,,duplicate,known already; nothing changed\n"
        "7,,,stale,a newer revision was taken before\n"
        "8,,,unselected,not of interest to this feed\n"
        "9,,,unread,the file ends in the middle; nothing from here on was taken\n");
  CHECK(fs::is_empty(folder.path() / ".processing"));
}

TEST_CASE("beside a dropped file: a receipt with every line; the same content again, two files of one name") {
  test::running_app daemon;
  const auto inbox = daemon.folder() / "state/inbox/ambulance";
  const auto receipt = inbox / "calls.csv.receipt.csv";
  drop(inbox, "calls.csv",
       header + call("1", "01/03/2026 10:00", "heroin") + call("2", "31/02/2026 10:00", "heroin") +
           call("3", "01/03/2026 11:00", "x", "Cancelled"));
  REQUIRE(soon([&] { return fs::exists(receipt); }));
  CHECK(text_of(receipt) == "line,column,value,result,reason\n"
                            "2,,,accepted,\n"
                            "3,Call time,31/02/2026 10:00,quarantined,\"'31/02/2026 10:00' is not a date of the form "
                            "%d/%m/%Y %H:%M, %d/%m/%Y %H:%M:%S or YYYY-MM-DD HH:MM\"\n"
                            "4,,,accepted,taken back\n");
  // The same bytes under another name.
  drop(inbox, "again.csv",
       header + call("1", "01/03/2026 10:00", "heroin") + call("2", "31/02/2026 10:00", "heroin") +
           call("3", "01/03/2026 11:00", "x", "Cancelled"));
  const auto again = inbox / "again.csv.receipt.csv";
  REQUIRE(soon([&] { return fs::exists(again); }));
  CHECK(text_of(again).find(",,,duplicate,\"the whole file was taken before, on ") != std::string::npos);
  // Another file of the first one's name, size and time.
  fs::remove(receipt);
  const auto time = fs::last_write_time(inbox / "done/calls.csv");
  const auto other = header + call("1", "01/03/2026 10:00", "heroin") + call("2", "28/02/2026 10:00", "heroin") +
                     call("3", "01/03/2026 11:00", "x", "Cancelled");
  { std::ofstream{inbox / "calls.csv.part"} << other; }
  fs::last_write_time(inbox / "calls.csv.part", time);
  fs::rename(inbox / "calls.csv.part", inbox / "calls.csv");
  REQUIRE(soon([&] { return fs::exists(receipt); }));
  CHECK(text_of(receipt).find("2,,,duplicate,") != std::string::npos);
  CHECK(text_of(receipt).find("3,,,accepted,\n") != std::string::npos);
  CHECK(fs::exists(inbox / "done/calls.csv"));
}

TEST_CASE("a body of one record that was corrected since does not come back") {
  test::running_app daemon;
  const auto send = [&](const std::string& drug) {
    return daemon.ask("POST", "/v1/feeds/ambulance/records", csv, header + call("1", "01/03/2026 10:00", drug));
  };
  CHECK(send("heroin").find(R"("accepted":1)") != std::string::npos);
  CHECK(send("cocaine").find(R"("revised":1)") != std::string::npos);
  const auto third = send("heroin");
  CHECK(third.find(R"("accepted":0)") != std::string::npos);
  CHECK(third.find(R"("duplicate":1)") != std::string::npos);
}

TEST_CASE("quarantine and kept files over HTTP: retry, discard and reread under a mended mapping") {
  test::running_app daemon{"raw_files_key_file: api.token\n"};
  const auto inbox = daemon.folder() / "state/inbox/ambulance";
  drop(inbox, "calls.csv",
       header + call("1", "01/03/2026 10:00", "zzz-unheard-of") + call("2", "1 March 2026", "heroin") +
           call("3", "never", "heroin"));
  REQUIRE(soon([&] { return fs::exists(inbox / "calls.csv.receipt.csv"); }));
  REQUIRE(soon([&] { return !fs::exists(inbox / ".processing/calls.csv"); }));
  CHECK_FALSE(fs::exists(inbox / "done/calls.csv")); // kept sealed instead
  CHECK(fs::exists(daemon.folder() / "state/raw/ambulance"));

  daemon.replace_in("feeds.d/ambulance.yaml", "formats: [", "formats: [\"%d %B %Y\", ");
  daemon.replace_in("vocabulary/others.yaml", "substances:\n", "substances:\n  - {id: zzz-unheard-of, class: other}\n");
  CHECK(daemon.ask("POST", "/-/reload", owner).find("HTTP/1.1 200") != std::string::npos);

  const auto retried = daemon.ask("POST", "/v1/quarantine/retry?feed=ambulance", owner);
  CHECK(retried.find(R"("tried":2,"accepted":1)") != std::string::npos);
  CHECK(retried.find(R"("still_refused":1)") != std::string::npos);
  const auto reread = daemon.ask("POST", "/v1/feeds/ambulance/reread", owner);
  CHECK(reread.find(R"("files":1,"rows":3,"records":2,"accepted":1,"revised":1,"duplicate":1)") != std::string::npos);
  CHECK(daemon.ask("POST", "/v1/quarantine/discard?feed=ambulance", owner).find(R"("discarded":1)") !=
        std::string::npos);
  CHECK(daemon.ask("POST", "/v1/quarantine/discard", owner).find("missing-parameter") != std::string::npos);
  CHECK(daemon.ask("POST", "/v1/feeds/nosuch/reread", owner).find("unknown-feed") != std::string::npos);
}

TEST_CASE("one person is one pseudonym, whether the row came by folder, by push or by hand") {
  test::running_app daemon;
  const auto inbox = daemon.folder() / "state/inbox/ambulance";
  drop(inbox, "calls.csv", header + call("1", "01/03/2026 10:00", "heroin"));
  REQUIRE(soon([&] { return fs::exists(inbox / "calls.csv.receipt.csv"); }));
  (void)daemon.ask("POST", "/v1/feeds/ambulance/records", csv, header + call("2", "01/03/2026 10:05", "heroin"));
  daemon.stop();
  // What `forewarn ingest` reads with, in a process of its own.
  const auto all = load_configuration(daemon.folder(), load_for::run);
  const auto of =
      std::find_if(all.feeds.begin(), all.feeds.end(), [](const auto& f) { return f.id.str() == "ambulance"; });
  REQUIRE(of != all.feeds.end());
  const auto rows = connectors::read_rows(*of, connectors::from_text(header + call("3", "01/03/2026 10:10", "heroin")));
  std::vector<connectors::taken_row> by_hand;
  while (rows->next(by_hand, 10)) {
  }
  const auto stored = open_reader(daemon.folder() / "state");
  REQUIRE(stored);
  const auto folder = (*stored)->latest({of->id, record_id{"1"}});
  const auto push = (*stored)->latest({of->id, record_id{"2"}});
  REQUIRE(folder);
  REQUIRE(push);
  const auto& hand = std::get<observation>(by_hand.front().what);
  CHECK(folder->person.has_value());
  CHECK(folder->person == push->person);
  CHECK(folder->person == hand.person);
  CHECK(folder->incident == hand.incident);
}
