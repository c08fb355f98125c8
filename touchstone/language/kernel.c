/* One pass over texts: tokens, language, clauses, negation, table rows and their sums.
 *
 * The same as tokens.py, walk.py, kernel.py and meaning.py, and single steps of network.py, reading.py, cues.py and style.py,
 * with equal results (tests/language/test_kernel.py, test_steps.py); those are the description, this is the fast form. All state is in the arguments: any number of
 * threads may read at once. Texts are taken in batches that stay near the processor; each step runs over a whole batch,
 * so that look-ups overlap.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "written for little-endian processors; elsewhere NumPy reads"
#endif
#if defined(_WIN32)
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC __attribute__((visibility("default")))
#endif
#define INLINE static inline __attribute__((always_inline))

enum { WIDE = 64, LANGUAGES = 32, BLOCK = 32, PLACES = 32, BATCH = 2048, RECENT = 4096, LONGEST = 24, SCOPE = 3, FIT = 256 };
enum { HEADS = 128, TEXTS = 64 }; /* columns by clause and by text, at most; texts in a batch, at most */
enum { NEGATOR = 1, CONTRAST = 2, JOINER = 4, OPENER = 8 };
enum { SENTENCE = 1, CLAUSE = 2 };
static const uint64_t STEP = 0x9E3779B97F4A7C15u, SPREAD = 0xD6E8FEB86659FD93u, SECOND = 0xA24BAED4963EE407u,
                      THIRD = 0x9FB21C651E98DF25u, BEGIN = 0x5851F42D4C957F2Du, STEM = 0x3C79AC492BA7B653u;

typedef struct {
  uint64_t key;
  int32_t word;   /* row, -1 where it is none */
  uint32_t steer; /* place + 1 among the words that tell languages, 0 where it is none; flags in the highest byte */
} Entry;

typedef struct {
  const uint64_t *letters; /* (PLACES, 256): what a byte adds to the hash at each place of a token */
  const uint8_t *plain;    /* letter without accent, by the second byte after 0xC3 */
  const Entry *vocabulary;
  const Entry *stems, *grams;
  const uint64_t *stem_filter, *gram_filter; /* one bit for each beginning of a hash that is there */
  const int8_t *evidence; /* (…, LANGUAGES): zeros, then each word that tells languages, then 512 byte marks */
  const uint64_t *salts;
  const int8_t *table; /* (rows, stride) */
  const float *scale;
  int64_t vocabulary_shift, stem_shift, gram_shift, stem_filter_shift, gram_filter_shift;
  int64_t words, marks, languages, stride;
  int64_t clause_columns, text_columns, touchpoints, taught;
} Lexicon;

typedef struct {
  int64_t texts, clauses, sentences, rows; /* how much is filled */
  int64_t clause_room, row_room;
  int8_t *language;
  float *sureness, *by_text; /* by_text: (texts, text_columns), the greatest sentence of each text */
  int32_t *clause_text, *clause_sentence, *size;
  int64_t *start, *stop;
  float *moods;        /* by column, each a run of clause_room */
  float *cues, *extra; /* by clause, each a run of touchpoints and of taught columns */
  int32_t *row;                /* null where rows are not wanted */
  int64_t *ends;
} Found;

typedef struct { /* one batch; places are into `bytes`, where zeros stand before and after each text */
  uint8_t *bytes;
  uint32_t *folded_at; /* where each byte's letter went, in texts with accents or drawn-out letters */
  uint32_t *start, *stop, *left;
  uint64_t *hash, *before, *two, *three;
  int32_t *word, *pair, *triple, *rows;
  uint32_t *steer;
  uint8_t *breaks, *turned;
  float *values; /* of one clause, by column */
  Entry *recent;
  uint64_t *words, *symbols, *own, *lead, *high, *blank;
  size_t room; /* folded letters stand at `room` and after */
  void *held;
} Batch;

typedef struct {
  size_t at, length, first, stop; /* bytes; tokens */
  int wide, odd;                  /* has bytes above 127; has letters to fold */
} Text;

typedef uint8_t Bytes __attribute__((vector_size(WIDE)));
typedef int8_t Row __attribute__((vector_size(BLOCK)));
typedef int16_t Narrow __attribute__((vector_size(2 * BLOCK)));
typedef int32_t Sum __attribute__((vector_size(4 * BLOCK)));
typedef float Worth __attribute__((vector_size(4 * BLOCK)));

/* One bit for each lane that is not 0. */
INLINE uint64_t bits(Bytes lanes) {
#if defined(__clang__)
  typedef _Bool Flags __attribute__((ext_vector_type(WIDE)));
  Flags flags = __builtin_convertvector(lanes, Flags);
  uint64_t found;
  memcpy(&found, &flags, sizeof found);
  return found;
#else
  uint64_t found = 0;
  for (int lane = 0; lane < WIDE; lane++) found |= (uint64_t)(lanes[lane] != 0) << lane;
  return found;
#endif
}

INLINE int first_bit(uint64_t mask) { return __builtin_ctzll(mask); }

INLINE uint64_t mix(uint64_t hash) {
  hash = (hash ^ hash >> 29) * SPREAD;
  return hash ^ hash >> 32;
}

INLINE int is_word(uint8_t byte) {
  return byte >= 0x80 || (uint8_t)((byte | 32) - 'a') < 26 || (uint8_t)(byte - '0') < 10;
}

INLINE int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

/* Copies a text between zeros and marks the classes of its bytes; returns whether some are above 127. */
INLINE int classify(Batch *batch, const uint8_t *data, size_t length, size_t at, size_t readable) {
  uint64_t high = 0;
  for (size_t done = 0; done < length + 8; done += WIDE) {
    Bytes held = {0};
    size_t left = done < length ? length - done : 0;
    if (left >= WIDE || done + WIDE <= readable) {
      if (left) memcpy(&held, data + done, WIDE);
    } else if (left) {
      memcpy(&held, data + done, left);
    }
    if (left < WIDE) {
      static const uint8_t KEEP[2 * WIDE] = {[0 ... WIDE - 1] = 255};
      Bytes keep;
      memcpy(&keep, KEEP + WIDE - left, WIDE);
      held &= keep;
    }
    memcpy(batch->bytes + at + done, &held, WIDE);
    Bytes above = (Bytes)(held >= 0x80);
    Bytes letter = (Bytes)((held | 32) - 'a' < 26), digit = (Bytes)(held - '0' < 10);
    Bytes symbol = (Bytes)(held == '!') | (Bytes)(held - '#' < 3) | (Bytes)(held - '?' < 2);
    size_t slot = (at + done) / WIDE;
    batch->words[slot] = bits(above | letter | digit);
    batch->symbols[slot] = bits(symbol);
    batch->high[slot] = bits(above);
    batch->blank[slot] = bits((Bytes)(held == ' ') | (Bytes)(held == 0));
    high |= batch->high[slot];
  }
  return high != 0;
}

INLINE void set(uint64_t *mask, size_t place) { mask[place / WIDE] |= (uint64_t)1 << place % WIDE; }
INLINE void unset(uint64_t *mask, size_t place) { mask[place / WIDE] &= ~((uint64_t)1 << place % WIDE); }
INLINE int has(const uint64_t *mask, size_t place) { return mask[place / WIDE] >> place % WIDE & 1; }

/* Signs beyond ASCII: those that part words, and those that are tokens by themselves (emoji, Chinese). */
INLINE void mark_signs(Batch *batch, size_t at, size_t length) {
  const uint8_t *bytes = batch->bytes;
  for (size_t slot = at / WIDE; slot <= (at + length + 7) / WIDE; slot++) {
    batch->own[slot] = batch->lead[slot] = 0;
    for (size_t place = slot * WIDE; place < (slot + 1) * WIDE; place++)
      if ((bytes[place] & 0xC0) != 0x80) set(batch->lead, place);
  }
  for (size_t place = at; place < at + length; place++) {
    uint8_t byte = bytes[place], next = bytes[place + 1];
    size_t width = 0;
    if (byte == 0xC2 && next >= 0xA0 && next != 0xAA && next != 0xB5) width = 2;
    if ((byte == 0xE2 && (next == 0x80 || next == 0x81)) || (byte == 0xE3 && next == 0x80) || byte == 0xEF) width = 3;
    for (size_t step = 0; step < width; step++) {
      unset(batch->words, place + step);
      unset(batch->symbols, place + step);
    }
  }
  for (size_t place = at; place < at + length; place++)
    if (bytes[place] >= 0xE2 && has(batch->words, place))
      for (size_t step = 0; step < (bytes[place] >= 0xF0 ? 4 : 3); step++) set(batch->own, place + step);
}

/* What the punctuation at a place begins after it: SENTENCE, CLAUSE or nothing. */
INLINE int pause(const uint8_t *byte) {
  uint8_t next = byte[1], before = byte[-1];
  switch (byte[0]) {
    case '!': case '?': case '\n':
      return SENTENCE | CLAUSE;
    case '.': {
      int capital = next >= 'A' && next <= 'Z' && before >= 'a';
      int initial = !is_word(byte[-2]) && !is_digit(before);
      return (next <= '.' || next == 0xC2 || capital) && !initial ? SENTENCE | CLAUSE : 0;
    }
    case ',':
      return is_digit(next) && is_digit(before) ? 0 : CLAUSE;
    case '-':
      return next == ' ' && before == ' ' ? CLAUSE : 0;
    case ';': case ':': case '(': case ')': case '[': case ']': case '"': case '|': case '*':
      return CLAUSE;
    case 0xE2: case 0xE3: case 0xEF:
      switch (byte[0] << 16 | next << 8 | byte[2]) {
        case 0xE38082: case 0xE280A6: case 0xEFBC81: case 0xEFBC9F:
          return SENTENCE | CLAUSE;
        case 0xE28093: case 0xE28094: case 0xE38081: case 0xEFBC8C:
          return CLAUSE;
      }
  }
  return 0;
}

/* First byte, byte after the last, and what begins there, of each token; returns the number of tokens so far. */
INLINE size_t tokenise(Batch *batch, Text *text, size_t tokens) {
  uint64_t word_before = 0, inside_before = 0, own_before = 0, odd = 0;
  size_t stops = tokens;
  memset(batch->breaks + tokens, 0, text->length + 1);
  for (size_t place = text->at; place < text->at + text->length + 8; place += WIDE) {
    size_t slot = place / WIDE;
    uint64_t words = batch->words[slot], symbols = batch->symbols[slot], inside = words | symbols;
    uint64_t begins = symbols | ~(words << 1 | word_before);
    if (text->wide) {
      uint64_t own = batch->own[slot];
      begins |= (own & batch->lead[slot]) | ((own << 1 | own_before) & ~own);
      own_before = own >> 63;
    }
    uint64_t starts = begins & inside, ends = (begins | ~inside) & (inside << 1 | inside_before);
    uint64_t signs = ~(words | batch->blank[slot]);
    word_before = words >> 63, inside_before = inside >> 63;
    for (; signs; signs &= signs - 1) {
      uint64_t upto = signs ^ (signs - 1); /* this sign and all before it */
      const uint8_t *sign = batch->bytes + place + first_bit(signs);
      size_t next = tokens + (size_t)__builtin_popcountll(starts & upto);
      if ((*sign == '!' || *sign == '?') && symbols & signs & -signs) batch->breaks[next - 1] = 0; /* begins nothing */
      batch->breaks[next] |= (uint8_t)pause(sign);
    }
    for (; starts; starts &= starts - 1) batch->start[tokens++] = (uint32_t)(place + (size_t)first_bit(starts));
    for (; ends; ends &= ends - 1) batch->stop[stops++] = (uint32_t)(place + (size_t)first_bit(ends));
    Bytes one, two, three;
    memcpy(&one, batch->bytes + place, WIDE);
    memcpy(&two, batch->bytes + place - 1, WIDE);
    memcpy(&three, batch->bytes + place - 2, WIDE);
    Bytes drawn = (Bytes)((one | 32) == (two | 32)) & (Bytes)((one | 32) == (three | 32)) & (Bytes)((one | 32) >= 'a');
    odd |= bits((drawn & (Bytes)(one < 0x80)) | (Bytes)(one == 0xC3));
  }
  text->odd = odd != 0;
  batch->breaks[text->first] = SENTENCE | CLAUSE;
  return tokens;
}

/* The letters of a text without accents, and without the third of three in a row. */
INLINE void fold(const Lexicon *lexicon, Batch *batch, const Text *text) {
  size_t kept = batch->room + text->at;
  uint8_t before = 0, earlier = 0;
  for (size_t place = text->at; place < text->at + text->length + 8; place++) {
    uint8_t byte = batch->bytes[place], next = batch->bytes[place + 1];
    uint8_t plain = batch->bytes[place - 1] == 0xC3 ? lexicon->plain[byte] : 0;
    uint8_t letter = plain ? plain : (uint8_t)(byte - 'A') < 26 ? byte + 32 : byte;
    int drawn = letter == before && before == earlier && letter >= 'a' && byte < 0x80;
    batch->folded_at[place] = (uint32_t)kept;
    batch->bytes[kept] = letter;
    kept += !drawn && !(byte == 0xC3 && lexicon->plain[next]);
    earlier = before, before = letter;
  }
}

/* The hash of the token without its last `drop` bytes. */
INLINE uint64_t hashed(const Lexicon *lexicon, const Batch *batch, const Text *text, size_t token, uint32_t drop) {
  uint32_t start = batch->start[token], stop = batch->stop[token] - drop;
  if (text->odd) start = batch->folded_at[start], stop = batch->folded_at[stop];
  const uint64_t *letters = lexicon->letters;
  const uint8_t *byte = batch->bytes + start;
  size_t left = stop - start;
  uint64_t sum = 0;
  for (int place = 0; place < PLACES; place += 8, letters += 8 * 256, byte += 8, left -= 8) {
    uint64_t eight;
    memcpy(&eight, byte, 8);
    if (left < 8) eight &= ((uint64_t)1 << 8 * left) - 1; /* a byte of 0 adds nothing */
    for (int step = 0; step < 8; step++) sum += letters[step * 256 + (eight >> 8 * step & 255)];
    if (left <= 8) return mix(sum);
  }
  uint64_t power = 1;
  for (int place = 0; place < PLACES; place++) power *= STEP;
  for (; left; left--, power *= STEP) sum += lexicon->letters[*byte++] * power;
  return mix(sum);
}

/* The entry of a hash, else a free one, which holds no word and does not steer. */
INLINE const Entry *find(const Entry *entries, int64_t shift, uint64_t hash) {
  const Entry *entry = entries + (hash >> shift);
  while (entry->key != hash && entry->key) entry++;
  return entry;
}

INLINE int maybe(const uint64_t *filter, int64_t shift, uint64_t hash) {
  uint64_t bit = hash >> shift;
  return filter[bit / 64] >> bit % 64 & 1;
}

/* Few words make up most of a text: those met last are kept at hand, whether they are known or not. */
INLINE void look_up_words(const Lexicon *lexicon, Batch *batch, size_t tokens) {
  size_t left = 0;
  for (size_t token = 0; token < tokens; token++) {
    const Entry *entry = batch->recent + batch->hash[token] % RECENT;
    batch->word[token] = entry->word;
    batch->steer[token] = entry->steer;
    batch->left[left] = (uint32_t)token;
    left += entry->key != batch->hash[token];
  }
  for (size_t place = 0; place < left; place++)
    __builtin_prefetch(lexicon->vocabulary + (batch->hash[batch->left[place]] >> lexicon->vocabulary_shift));
  for (size_t place = 0; place < left; place++) {
    uint32_t token = batch->left[place];
    uint64_t hash = batch->hash[token];
    const Entry *entry = find(lexicon->vocabulary, lexicon->vocabulary_shift, hash);
    batch->word[token] = entry->word;
    batch->steer[token] = entry->steer;
    batch->recent[hash % RECENT] = (Entry){hash, entry->word, entry->steer};
  }
  for (size_t token = 0; token < tokens; token++) {
    __builtin_prefetch(lexicon->evidence + (size_t)(batch->steer[token] & 0xFFFFFF) * LANGUAGES);
    if (batch->word[token] >= 0) __builtin_prefetch(lexicon->table + (size_t)batch->word[token] * (size_t)lexicon->stride);
  }
}

/* Rows of pairs or triples: most are unknown, which one bit tells. */
INLINE void look_up_grams(const Lexicon *lexicon, Batch *batch, const uint64_t *hash, int32_t *rows, size_t tokens) {
  size_t left = 0;
  for (size_t token = 0; token < tokens; token++) {
    rows[token] = -1;
    batch->left[left] = (uint32_t)token;
    left += (size_t)maybe(lexicon->gram_filter, lexicon->gram_filter_shift, hash[token]);
  }
  for (size_t place = 0; place < left; place++)
    __builtin_prefetch(lexicon->grams + (hash[batch->left[place]] >> lexicon->gram_shift));
  for (size_t place = 0; place < left; place++) {
    uint32_t token = batch->left[place];
    int32_t row = rows[token] = find(lexicon->grams, lexicon->gram_shift, hash[token])->word;
    if (row >= 0) __builtin_prefetch(lexicon->table + (size_t)row * (size_t)lexicon->stride);
  }
}

INLINE void pair_up(const Lexicon *lexicon, Batch *batch, size_t tokens) {
  batch->before[0] = BEGIN; /* the first token begins a sentence */
  for (size_t token = 1; token < tokens; token++)
    batch->before[token] = batch->breaks[token] & SENTENCE ? BEGIN : batch->hash[token - 1];
  for (size_t token = 0; token < tokens; token++) {
    batch->two[token] = mix(batch->before[token] * SECOND + batch->hash[token]);
    uint64_t earlier = batch->breaks[token] & SENTENCE ? BEGIN : batch->before[token - 1];
    batch->three[token] = mix((earlier * THIRD + batch->before[token]) * SECOND + batch->hash[token]);
  }
  look_up_grams(lexicon, batch, batch->two, batch->pair, tokens);
  look_up_grams(lexicon, batch, batch->three, batch->triple, tokens);
}

INLINE Narrow lanes(const int8_t *from) {
  Row held;
  memcpy(&held, from, BLOCK);
  return __builtin_convertvector(held, Narrow);
}

/* The greatest of the lanes. */
INLINE int32_t greatest(Sum held) {
#if defined(__clang__)
  return __builtin_reduce_max(held);
#else
  int32_t best = held[0];
  for (int lane = 1; lane < BLOCK; lane++) best = held[lane] > best ? held[lane] : best;
  return best;
#endif
}

/* The first lane that holds a number which one holds. */
INLINE int first_lane(Sum held, int32_t number) {
#if defined(__clang__)
  typedef _Bool Flags __attribute__((ext_vector_type(BLOCK)));
  Flags flags = __builtin_convertvector(held == number, Flags);
  uint32_t found;
  memcpy(&found, &flags, sizeof found);
  return __builtin_ctz(found);
#else
  int lane = 0;
  while (held[lane] != number) lane++;
  return lane;
#endif
}

/* The language of a text by its small words and accents, -1 where unsure, and how sure (0 to 1). */
INLINE int tell_language(const Lexicon *lexicon, const Batch *batch, const Text *text, float *sureness) {
  Sum total = {0};
  Narrow part = {0};
  size_t fit = 0;
  for (size_t token = text->first; token < text->stop; token++) {
    part += lanes(lexicon->evidence + (size_t)(batch->steer[token] & 0xFFFFFF) * LANGUAGES);
    if (++fit == FIT) total += __builtin_convertvector(part, Sum), part = (Narrow){0}, fit = 0;
  }
  if (text->wide)
    for (size_t place = text->at; place < text->at + text->length; place++) {
      uint8_t byte = batch->bytes[place];
      if (byte < 0xC3) continue;
      size_t mark = byte == 0xC3 ? 256u + batch->bytes[place + 1] : byte;
      part += lanes(lexicon->evidence + ((size_t)lexicon->marks + mark) * LANGUAGES);
      if (++fit == FIT) total += __builtin_convertvector(part, Sum), part = (Narrow){0}, fit = 0;
    }
  total += __builtin_convertvector(part, Sum);
  static const Sum lane = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                           16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
  total &= total > 0; /* in vectors throughout: what is stored whole and read in parts is waited for */
  int32_t best = greatest(total), spoken = first_lane(total, best), next = greatest(total & (lane != spoken));
  float first = (float)best / 127.0f, second = (float)next / 127.0f;
  int sure = first >= 0.5f && first - second >= 0.12f * first;
  *sureness = sure ? first / (first + second + 0.5f) : 0;
  return sure ? spoken : -1;
}

/* The row of a word known under another ending: one or two letters are taken off. */
INLINE int32_t stem(const Lexicon *lexicon, const Batch *batch, const Text *text, size_t token, uint64_t salt) {
  static const uint32_t least[] = {4, 6, 7};
  uint32_t length = batch->stop[token] - batch->start[token];
  int32_t row = -1;
  for (uint32_t drop = 0; drop < 3 && length >= least[drop] && row < 0; drop++) {
    uint64_t hash = hashed(lexicon, batch, text, token, drop) ^ STEM ^ salt;
    if (maybe(lexicon->stem_filter, lexicon->stem_filter_shift, hash))
      row = find(lexicon->stems, lexicon->stem_shift, hash)->word;
  }
  return row;
}

/* Words of a text in its own language, else in any, else by their stems. */
INLINE void choose_words(const Lexicon *lexicon, Batch *batch, const Text *text, int language) {
  uint64_t salt = language > 0 ? lexicon->salts[language] : 0;
  if (!salt) {
    for (size_t token = text->first; token < text->stop; token++)
      if (batch->word[token] < 0) batch->word[token] = stem(lexicon, batch, text, token, 0);
    return;
  }
  for (size_t token = text->first; token < text->stop; token++) {
    int32_t own = find(lexicon->vocabulary, lexicon->vocabulary_shift, batch->hash[token] ^ salt)->word;
    if (own < 0) own = stem(lexicon, batch, text, token, salt);
    int32_t any = batch->word[token];
    if (own < 0 && any < 0) any = stem(lexicon, batch, text, token, 0);
    if (any >= 0) any += 2 * (int32_t)lexicon->words;
    batch->word[token] = own >= 0 ? own : any;
  }
}

/* Where clauses begin (CLAUSE in `breaks`), and which words a negator turns. */
INLINE void part_clauses(Batch *batch, const Text *text) {
  const uint32_t *steer = batch->steer;
  uint8_t *breaks = batch->breaks;
  size_t events = 0, last = text->first; /* tokens at which something may begin or turn are few */
  for (size_t token = text->first; token < text->stop; token++) {
    batch->left[events] = (uint32_t)token;
    batch->turned[token] = 0;
    events += (steer[token] >> 24 | breaks[token]) != 0;
  }
  for (size_t event = 0; event < events; event++) {
    size_t token = batch->left[event];
    uint32_t flags = steer[token] >> 24, next = token + 1 < text->stop ? steer[token + 1] >> 24 : 0;
    if (!(breaks[token] & CLAUSE || flags & CONTRAST || (flags & JOINER && next & OPENER))) continue;
    for (last += LONGEST; last < token; last += LONGEST) breaks[last] |= CLAUSE;
    breaks[last = token] |= CLAUSE;
  }
  for (last += LONGEST; last < text->stop; last += LONGEST) breaks[last] |= CLAUSE;
  for (size_t event = events; event-- > 0;) { /* "but," stands with what follows; from the end: as they were begun */
    size_t token = batch->left[event];
    if (steer[token] >> 24 & (CONTRAST | JOINER) && breaks[token] & CLAUSE && token + 1 < text->stop &&
        !(breaks[token + 1] & SENTENCE))
      breaks[token + 1] &= (uint8_t)~CLAUSE;
  }
  for (size_t event = 0; event < events; event++) {
    if (!(steer[batch->left[event]] >> 24 & NEGATOR)) continue;
    size_t token = batch->left[event] + 1, stop = token + SCOPE < text->stop ? token + SCOPE : text->stop;
    for (; token < stop && !(breaks[token] & CLAUSE); token++)
      batch->turned[token] = !(steer[token] >> 24 & NEGATOR);
  }
}

/* The rows of the tokens from `token` up to the next clause; returns how many, and moves `token` there. */
INLINE size_t gather(const Lexicon *lexicon, Batch *batch, const Text *text, size_t *token) {
  size_t count = 0, place = *token;
  do {
    int32_t word = batch->word[place];
    int32_t turned = batch->turned[place] && word < lexicon->words ? (int32_t)lexicon->words : 0;
    batch->rows[count] = word + turned;
    count += word >= 0;
    batch->rows[count] = batch->pair[place];
    count += batch->pair[place] >= 0;
    batch->rows[count] = batch->triple[place];
    count += batch->triple[place] >= 0;
  } while (++place < text->stop && !(batch->breaks[place] & CLAUSE));
  *token = place;
  return count;
}

INLINE Sum add_up(const Lexicon *lexicon, const Batch *batch, size_t count, size_t column) {
  Sum total = {0};
  for (size_t done = 0; done < count; done += FIT) {
    Narrow part = {0};
    size_t stop = done + FIT < count ? done + FIT : count;
    for (size_t place = done; place < stop; place++)
      part += lanes(lexicon->table + (size_t)batch->rows[place] * (size_t)lexicon->stride + column);
    total += __builtin_convertvector(part, Sum);
  }
  return total;
}

/* Byte places as characters of their text; asked for in ascending order. */
typedef struct {
  size_t place, characters;
} Cursor;

INLINE int64_t characters(const Batch *batch, const Text *text, Cursor *cursor, size_t place) {
  if (!text->wide) return (int64_t)(place - text->at);
  for (; cursor->place < place; cursor->place++) cursor->characters += (batch->bytes[cursor->place] & 0xC0) != 0x80;
  return (int64_t)cursor->characters;
}

INLINE Sum greater(Sum one, Sum other) {
  Sum more = one > other;
  return (one & more) | (other & ~more);
}

/* Writes a row of values, each into its own column. */
INLINE void spread(float *to, const float *row, int64_t columns, int64_t room) {
  for (int64_t column = 0; column < columns; column++) to[column * room] = row[column];
}

/* Writes the clauses of a text, and the greatest sum of its sentences. */
INLINE void write_text(const Lexicon *lexicon, Batch *batch, const Text *text, Found *found) {
  size_t heads = (size_t)(lexicon->clause_columns + lexicon->text_columns);
  Sum sentence[HEADS / BLOCK] = {{0}}, best[HEADS / BLOCK] = {{0}};
  Cursor cursor = {text->at, 0};
  for (size_t token = text->first; token < text->stop;) {
    size_t begin = token, clause = (size_t)found->clauses++, count = gather(lexicon, batch, text, &token);
    if (batch->breaks[begin] & SENTENCE) {
      found->sentences++;
      for (size_t block = 0; block * BLOCK < heads; block++) {
        best[block] = greater(best[block], sentence[block]);
        sentence[block] = (Sum){0};
      }
    }
    for (size_t column = 0; column < (size_t)lexicon->stride; column += BLOCK) {
      Sum total = add_up(lexicon, batch, count, column);
      if (column < heads) sentence[column / BLOCK] += total;
      Worth worth;
      memcpy(&worth, lexicon->scale + column, sizeof worth);
      worth *= __builtin_convertvector(total, Worth);
      memcpy(batch->values + column, &worth, sizeof worth);
    }
    const float *cues = batch->values + heads, *extra = cues + lexicon->touchpoints;
    spread(found->moods + clause, batch->values, lexicon->clause_columns, found->clause_room);
    memcpy(found->cues + clause * (size_t)lexicon->touchpoints, cues, (size_t)lexicon->touchpoints * sizeof *cues);
    memcpy(found->extra + clause * (size_t)lexicon->taught, extra, (size_t)lexicon->taught * sizeof *extra);
    found->clause_text[clause] = (int32_t)found->texts;
    found->clause_sentence[clause] = (int32_t)found->sentences - 1;
    found->size[clause] = (int32_t)(token - begin);
    found->start[clause] = characters(batch, text, &cursor, batch->start[begin]);
    found->stop[clause] = characters(batch, text, &cursor, batch->stop[token - 1]);
    if (found->row) {
      memcpy(found->row + found->rows, batch->rows, count * sizeof *batch->rows);
      found->ends[clause] = found->rows += (int64_t)count;
    }
  }
  for (size_t block = 0; block * BLOCK < heads; block++) best[block] = greater(best[block], sentence[block]);
  int32_t sums[HEADS];
  memcpy(sums, best, sizeof sums);
  for (size_t column = 0; column < (size_t)lexicon->text_columns; column++) {
    size_t from = (size_t)lexicon->clause_columns + column;
    found->by_text[(size_t)found->texts * (size_t)lexicon->text_columns + column] =
        (float)sums[from] * lexicon->scale[from];
  }
}

/* Room for a batch of `room` bytes of text; 0 where there is no memory. */
static int prepare(Batch *batch, size_t room, size_t stride) {
  size_t each = 2 + 9 * sizeof(uint32_t) + 4 * sizeof(uint64_t) + 3 * sizeof(int32_t) + 2 + 1, slots = room / WIDE + 2;
  uint8_t *next = batch->held = malloc((room + 4 * WIDE) * each + 6 * slots * sizeof(uint64_t) + stride * sizeof(float) +
                                       RECENT * sizeof(Entry));
  if (!next) return 0;
  batch->room = room;
#define TAKE(array, count) (batch->array = (void *)next, next += (count) * sizeof *batch->array)
  TAKE(hash, room), TAKE(before, room), TAKE(two, room), TAKE(three, room);
  TAKE(recent, RECENT), TAKE(words, slots), TAKE(symbols, slots), TAKE(own, slots), TAKE(lead, slots), TAKE(high, slots), TAKE(blank, slots);
  TAKE(values, stride);
  TAKE(folded_at, room), TAKE(start, room), TAKE(stop, room), TAKE(left, room), TAKE(steer, room);
  TAKE(word, room), TAKE(pair, room), TAKE(triple, room), TAKE(rows, 3 * room);
  TAKE(breaks, room), TAKE(turned, room), TAKE(bytes, 2 * room + 2 * WIDE);
#undef TAKE
  memset(batch->bytes, 0, WIDE);
  memset(batch->recent, 0xFF, RECENT * sizeof(Entry)); /* a hash that none has, without a word */
  return 1;
}

/* Takes as many texts as fit into a batch, at least one; returns how many. */
INLINE size_t take(const Lexicon *lexicon, Batch *batch, Text *texts, const uint8_t *data, const int64_t *offsets,
                   int64_t from, int64_t upto) {
  size_t count = 0, at = WIDE, tokens = 0;
  for (; from + (int64_t)count < upto && count < TEXTS; count++) {
    const int64_t *offset = offsets + from + count;
    Text *text = texts + count;
    *text = (Text){.at = at, .length = (size_t)(offset[1] - offset[0]), .first = tokens};
    at += (text->length + 8 + WIDE - 1) / WIDE * WIDE;
    if (at > batch->room) break;
    text->wide = classify(batch, data + offset[0], text->length, text->at, (size_t)(offsets[upto] - offset[0]));
    if (text->wide) mark_signs(batch, text->at, text->length);
    text->stop = tokens = tokenise(batch, text, tokens);
    if (text->odd) fold(lexicon, batch, text);
  }
  return count;
}

/* Reads texts from found->texts on; 0 when all are read, 1 when more room is needed, -1 where there is no memory. */
INLINE int read_all(const Lexicon *lexicon, const uint8_t *data, const int64_t *offsets, int64_t upto, Found *found) {
  size_t room = BATCH;
  for (int64_t place = found->texts; place < upto; place++)
    if ((size_t)(offsets[place + 1] - offsets[place]) + 3 * WIDE > room)
      room = (size_t)(offsets[place + 1] - offsets[place]) + 3 * WIDE;
  Batch batch;
  if (!prepare(&batch, room, (size_t)lexicon->stride)) return -1;
  int full = 0;
  while (found->texts < upto && !full) {
    Text texts[TEXTS];
    size_t count = take(lexicon, &batch, texts, data, offsets, found->texts, upto), tokens = texts[count - 1].stop;
    full = found->clauses + (int64_t)tokens > found->clause_room || found->rows + 3 * (int64_t)tokens > found->row_room;
    if (full) break;
    for (size_t place = 0; place < count; place++)
      for (size_t token = texts[place].first; token < texts[place].stop; token++)
        batch.hash[token] = hashed(lexicon, &batch, texts + place, token, 0);
    look_up_words(lexicon, &batch, tokens);
    pair_up(lexicon, &batch, tokens);
    for (size_t place = 0; place < count; place++, found->texts++) {
      int language = tell_language(lexicon, &batch, texts + place, found->sureness + found->texts);
      found->language[found->texts] = (int8_t)language;
      choose_words(lexicon, &batch, texts + place, language);
      part_clauses(&batch, texts + place);
      write_text(lexicon, &batch, texts + place, found);
    }
  }
  free(batch.held);
  return full;
}

typedef struct {
  int64_t clauses, room, chosen, longest; /* `longest`: clauses of one text, at most */
  int64_t touchpoints, taught;            /* columns of `cues` and of `near` */
  const int32_t *clause_text, *clause_sentence, *size;
  const float *moods;       /* by column, each a run of `room` */
  const float *cues, *near; /* by clause */
  const int32_t *places;    /* of the chosen touchpoints among the columns of `cues` */
  const uint8_t *rest, *whole;
  const float *shares;    /* their logarithms, the last of no touchpoint */
  float *likely, *speaks; /* (clauses, chosen) */
} Told;

enum { LANES = 16 };
typedef float Lane __attribute__((vector_size(LANES * 4)));
typedef int32_t Flag __attribute__((vector_size(LANES * 4)));
enum { MOST_CHOSEN = 512 }; /* touchpoints without words, at most; a run of them fills whole vectors */
static const float NEAR = 0.25f, CUE = 0.4f, NOTHING = 0.15f, WHOLE = 0.05f, FELT = 0.2f, STEEP = 10.0f, SOME = 1.0f,
                   LEAST = 0.22f, OWN_WORDS = 0.65f, NEVER = 0.45f;

typedef struct { /* one text; by sentence or clause a run of `width`: the touchpoints, none of them, then zeros */
  int64_t width;
  float *sums, *cues, *size, *felt; /* by sentence */
  float *near, *own;                /* by clause: nearness, which becomes how much it speaks of each, and cues */
  int32_t *owner;                   /* the sentence of each clause */
  float whole[MOST_CHOSEN + LANES], shares[MOST_CHOSEN + LANES];
  int32_t is_rest[MOST_CHOSEN + LANES], is_whole[MOST_CHOSEN + LANES];
} Spoken;

/* `e` to numbers of at most 80: the steps of curves.py. */
INLINE Lane exponential_of(Lane numbers) {
  Flag far = numbers > -80.0f;
  Lane held = (Lane)(((Flag)numbers & far) | ((Flag)((Lane){0} - 80.0f) & ~far));
  Lane whole = held * 1.44269504f + 12582912.0f - 12582912.0f;
  Lane rest = held - whole * 0.693359375f - whole * -2.12194440e-4f;
  Lane sum = (Lane){0} + 1.9875691500e-4f;
  sum = sum * rest + 1.3981999507e-3f;
  sum = sum * rest + 8.3334519073e-3f;
  sum = sum * rest + 4.1665795894e-2f;
  sum = sum * rest + 1.6666665459e-1f;
  sum = sum * rest + 5.0000001201e-1f;
  sum = sum * (rest * rest) + rest + 1.0f;
  Lane scale = (Lane)((__builtin_convertvector(whole, Flag) + 127) << 23);
  return (Lane)((Flag)(sum * scale) & far);
}

/* The same of a run that fills whole vectors. */
INLINE void exponential(float *numbers, int64_t count) {
  for (int64_t place = 0; place < count; place += LANES) {
    Lane held;
    memcpy(&held, numbers + place, sizeof held);
    held = exponential_of(held);
    memcpy(numbers + place, &held, sizeof held);
  }
}

INLINE float between(float number, float least, float most) {
  float held = number > least ? number : least;
  return held < most ? held : most;
}

/* Adds up the clauses of a text by sentence; returns how many sentences. */
INLINE int64_t add_sentences(const Told *told, Spoken *spoken, int64_t begin, int64_t stop) {
  int64_t last = -1, width = spoken->width;
  for (int64_t clause = begin; clause < stop; clause++) {
    int fresh = clause == begin || told->clause_sentence[clause] != told->clause_sentence[clause - 1];
    last += fresh;
    float *near = spoken->near + (clause - begin) * width, *own = spoken->own + (clause - begin) * width;
    const float *cues = told->cues + clause * told->touchpoints;
    memcpy(near, told->near + clause * told->taught, (size_t)told->chosen * sizeof *near);
    if (told->chosen == told->touchpoints)
      memcpy(own, cues, (size_t)told->chosen * sizeof *own);
    else
      for (int64_t place = 0; place < told->chosen; place++) own[place] = cues[told->places[place]];
    float *sums = spoken->sums + last * width, *most = spoken->cues + last * width;
    float felt = told->moods[clause] + told->moods[told->room + clause], size = (float)told->size[clause];
    spoken->owner[clause - begin] = (int32_t)last;
    spoken->size[last] = fresh ? size : spoken->size[last] + size;
    spoken->felt[last] = fresh ? felt : spoken->felt[last] + felt;
    float worth = (float)(0.5 / sqrt((double)told->size[clause]));
    if (fresh) {
      memcpy(sums, near, (size_t)width * sizeof *sums);
      memcpy(most, own, (size_t)width * sizeof *most);
    } else {
      for (int64_t place = 0; place < width; place++) sums[place] += near[place];
      for (int64_t place = 0; place < width; place++) most[place] = own[place] > most[place] ? own[place] : most[place];
    }
    for (int64_t place = 0; place < width; place++) near[place] = near[place] * worth + own[place];
  }
  return last + 1;
}

/* What is believed of each touchpoint in a sentence, in place of its sums; `whole` is what its text adds. */
INLINE void believe(const Told *told, Spoken *spoken, int64_t sentence, int any_rest) {
  int64_t chosen = told->chosen, width = spoken->width;
  float *level = spoken->sums + sentence * width, *cues = spoken->cues + sentence * width;
  float root = sqrtf(spoken->size[sentence]), total = 0, most, held[MOST_CHOSEN + LANES];
  float mood = WHOLE + FELT * between(spoken->felt[sentence] / root, 0, 1);
  int known = 0;
  for (int64_t place = 0; place < width; place++) known |= level[place] != 0;
  float rest = known ? NOTHING : 0;
  for (int64_t place = 0; place < width; place++) {
    float sum = NEAR * (level[place] / root + spoken->whole[place]) + CUE * between(cues[place], 0, 1.2f);
    float other = spoken->is_rest[place] ? rest : sum;
    level[place] = (spoken->is_whole[place] && mood > other ? mood : other) * STEEP;
  }
  level[chosen] = known && any_rest ? -1e30f : NOTHING * STEEP;
  float highest[LANES];
  for (int64_t place = 0; place < LANES; place++) highest[place] = -1e30f;
  for (int64_t place = 0; place < width; place++) {
    held[place] = level[place] + spoken->shares[place];
    highest[place % LANES] = held[place] > highest[place % LANES] ? held[place] : highest[place % LANES];
  }
  for (int64_t step = LANES / 2; step; step /= 2)
    for (int64_t place = 0; place < step; place++)
      highest[place] = highest[place] > highest[place + step] ? highest[place] : highest[place + step];
  most = highest[0];
  for (int64_t place = 0; place < width; place++) held[place] -= most;
  exponential(held, width);
  for (int64_t place = 0; place <= chosen; place++) total += held[place];
  for (int64_t place = 0; place < width; place++) {
    float share = held[place] / total;
    level[place] = level[place] < SOME && !spoken->is_rest[place] ? 0 : share;
  }
}

/* Gives what is believed of the sentences of a text to their clauses. */
INLINE void tell(const Told *told, const Spoken *spoken, int64_t begin, int64_t stop, int hide_rest) {
  int64_t width = spoken->width;
  float likely[MOST_CHOSEN + LANES], most[MOST_CHOSEN + LANES], chosen[MOST_CHOSEN + LANES];
  for (int64_t first = begin, next; first < stop; first = next) {
    int32_t sentence = spoken->owner[first - begin];
    const float *beliefs = spoken->sums + sentence * width;
    for (int64_t place = 0; place < width; place++) {
      float belief = hide_rest && spoken->is_rest[place] ? 0 : beliefs[place];
      likely[place] = belief * 0.78f / (belief * 0.56f + LEAST);
      most[place] = -1e30f;
    }
    for (next = first; next < stop && spoken->owner[next - begin] == sentence; next++) {
      const float *speaks = spoken->near + (next - begin) * width;
      float later = (float)(1e-6 * (double)(next - first));
      for (int64_t place = 0; place < width; place++) {
        float held = speaks[place] - later;
        most[place] = held > most[place] ? held : most[place];
      }
    }
    for (int64_t clause = first; clause < next; clause++) {
      const float *speaks = spoken->near + (clause - begin) * width, *own = spoken->own + (clause - begin) * width;
      float later = (float)(1e-6 * (double)(clause - first));
      for (int64_t place = 0; place < width; place++) {
        float held = likely[place], less = held < NEVER ? held : NEVER, more = held > 0.5f ? held : 0.5f;
        float given = speaks[place] - later >= most[place] ? held : less;
        int named = (own[place] >= OWN_WORDS) & !spoken->is_rest[place];
        chosen[place] = named && more > given ? more : given;
      }
      memcpy(told->likely + clause * told->chosen, chosen, (size_t)told->chosen * sizeof *chosen);
      memcpy(told->speaks + clause * told->chosen, speaks, (size_t)told->chosen * sizeof *speaks);
    }
  }
}

/* What the sentences of a text come to together, for `believe`. */
INLINE void add_text(Spoken *spoken, int64_t sentences) {
  float size = spoken->size[0];
  memcpy(spoken->whole, spoken->sums, (size_t)spoken->width * sizeof(float));
  for (int64_t sentence = 1; sentence < sentences; sentence++) {
    size += spoken->size[sentence];
    for (int64_t place = 0; place < spoken->width; place++)
      spoken->whole[place] += spoken->sums[sentence * spoken->width + place];
  }
  float root = sqrtf(size);
  for (int64_t place = 0; place < spoken->width; place++) spoken->whole[place] /= root;
}

/* Decides which touchpoints without words the clauses speak of; -1 where there is no memory. */
INLINE int tell_wide(const Told *told, int64_t width) {
  int64_t longest = told->longest;
  float *held = calloc((size_t)longest * (4 * (size_t)width + 3), sizeof(float)); /* zeros stay beside the chosen */
  if (!held) return -1;
  int64_t wide = longest * width;
  float *single = held + 4 * wide;
  Spoken spoken = {width, held, held + wide, single, single + longest, held + 2 * wide, held + 3 * wide,
                   (int32_t *)(single + 2 * longest), {0}, {0}, {0}, {0}};
  int any_rest = 0, all_rest = 1;
  for (int64_t place = 0; place < width; place++) { /* none of them, and what is beside them, counts as rest */
    spoken.shares[place] = place <= told->chosen ? told->shares[place] : -1e30f;
    spoken.is_rest[place] = 1;
  }
  for (int64_t place = 0; place < told->chosen; place++) {
    spoken.is_rest[place] = told->rest[place], spoken.is_whole[place] = told->whole[place];
    any_rest |= told->rest[place], all_rest &= told->rest[place];
  }
  for (int64_t begin = 0, stop; begin < told->clauses; begin = stop) {
    for (stop = begin + 1; stop < told->clauses && told->clause_text[stop] == told->clause_text[begin];) stop++;
    int64_t sentences = add_sentences(told, &spoken, begin, stop);
    add_text(&spoken, sentences);
    int other = 0;
    for (int64_t sentence = 0; sentence < sentences; sentence++) {
      believe(told, &spoken, sentence, any_rest);
      for (int64_t place = 0; place < width; place++)
        other |= (spoken.sums[sentence * width + place] >= LEAST) & !spoken.is_rest[place];
    }
    tell(told, &spoken, begin, stop, other && any_rest && !all_rest);
  }
  free(held);
  return 0;
}

typedef struct {
  int64_t rows, inputs, outputs;
  const float *states;   /* (rows, inputs) */
  const int8_t *weights; /* (3, inputs, outputs): of the row before, the row itself and the row after */
  const float *scale, *bias;
  float *answer; /* (rows, outputs) */
} Layer;

/* Some columns of all rows: each input that is not 0 adds to its row and to those beside it. All are whole numbers and
 * every sum is exact, so that products may be fused with sums. `weights` are (inputs, 3, BLOCK). */
INLINE void convolve(const Layer *layer, const float *weights, const int32_t *inputs, const int64_t *stops, int64_t column) {
#if defined(__clang__)
#pragma clang fp contract(fast)
#endif
  Worth earlier = {0}, now = {0}; /* sums so far of the row before and of this one */
  for (int64_t row = 0; row <= layer->rows; row++) {
    Worth next = {0}, weight;
    for (int64_t place = row ? stops[row - 1] : 0; row < layer->rows && place < stops[row]; place++) {
      const float *from = weights + 3 * BLOCK * inputs[place];
      float value = layer->states[row * layer->inputs + inputs[place]];
      memcpy(&weight, from, sizeof weight);
      next += value * weight;
      memcpy(&weight, from + BLOCK, sizeof weight);
      now += value * weight;
      memcpy(&weight, from + 2 * BLOCK, sizeof weight);
      earlier += value * weight;
    }
    if (row) memcpy(layer->answer + (row - 1) * layer->outputs + column, &earlier, sizeof earlier);
    earlier = now, now = next;
  }
}

/* A word of the second tier with its two neighbours; -1 where there is no memory. */
INLINE int layer_all(const Layer *layer) {
  size_t rows = (size_t)layer->rows, across = (size_t)layer->inputs, width = (size_t)layer->outputs, found = 0;
  int64_t *stops = malloc(rows * (sizeof *stops + across * sizeof(int32_t)) + 3 * BLOCK * across * sizeof(float) + WIDE);
  if (!stops) return -1;
  float *weights = (float *)(((uintptr_t)(stops + rows) + WIDE - 1) / WIDE * WIDE); /* vectors fit into lines of memory */
  int32_t *inputs = (int32_t *)(weights + 3 * BLOCK * across);
  for (size_t row = 0; row < rows; row++) {
    for (size_t input = 0; input < across; input++) {
      inputs[found] = (int32_t)input;
      found += layer->states[row * across + input] != 0;
    }
    stops[row] = (int64_t)found;
  }
  for (size_t column = 0; column < width; column += BLOCK) {
    for (size_t input = 0; input < across; input++)
      for (size_t beside = 0; beside < 3; beside++)
        for (size_t lane = 0; lane < BLOCK; lane++)
          weights[(input * 3 + beside) * BLOCK + lane] = layer->weights[(beside * across + input) * width + column + lane];
    convolve(layer, weights, inputs, stops, (int64_t)column);
  }
  for (size_t row = 0; row < rows; row++)
    for (size_t column = 0; column < width; column++) {
      float *answer = layer->answer + row * width + column, held = *answer * layer->scale[column];
      *answer = between(held + layer->bias[column], 0, 127) + 12582912.0f - 12582912.0f;
    }
  free(stops);
  return 0;
}

enum { EIGHT = 8, POLARITIES = 4 };
typedef double Eight __attribute__((vector_size(EIGHT * 8)));
typedef int64_t Whole __attribute__((vector_size(EIGHT * 8)));

INLINE Eight chosen(Whole which, Eight one, Eight other) { return (Eight)(((Whole)one & which) | ((Whole)other & ~which)); }
INLINE Eight larger(Eight one, Eight other) { return chosen(one > other, one, other); }
INLINE Eight smaller(Eight one, Eight other) { return chosen(one < other, one, other); }
INLINE Eight all(double number) { return (Eight){0} + number; }

INLINE Eight root(Eight numbers) {
#if defined(__clang__)
  return __builtin_elementwise_sqrt(numbers);
#else
  for (int lane = 0; lane < EIGHT; lane++) numbers[lane] = sqrt(numbers[lane]);
  return numbers;
#endif
}

/* `e` to numbers from -700 to 700: the steps of curves.py, as those of the logarithm. */
INLINE Eight exponential_64(Eight numbers) {
  static const double TAYLOR[] = {1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
                                  1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0};
  Eight held = smaller(larger(numbers, all(-700.0)), all(700.0));
  Eight moved = held * 1.4426950408889634 + 6755399441055744.0, whole = moved - 6755399441055744.0;
  Eight rest = held - whole * 6.93145751953125e-1 - whole * 1.42860682030941723212e-6, sum = all(TAYLOR[0]);
  for (int power = 1; power < 13; power++) sum = sum * rest + TAYLOR[power];
  return sum * (Eight)(((Whole)moved + 1023) << 52); /* its last bits are the whole number */
}

INLINE Eight logarithm(Eight numbers) {
  static const int64_t ROOT_HALF = 0x3FE6A09E667F3BCD;
  Whole power = ((Whole)numbers - ROOT_HALF) >> 52;
  Eight part = (Eight)((Whole)numbers - (power << 52));
  Eight half = (part - 1) / (part + 1), square = half * half, sum = all(1.0 / 19);
  for (int odd = 17; odd > 1; odd -= 2) sum = sum * square + 1.0 / odd;
  return 2 * (half + half * square * sum) + __builtin_convertvector(power, Eight) * 0.6931471805599453;
}

typedef struct {
  int64_t clauses, room, mentions;
  const int32_t *sentence, *size; /* of each clause */
  const float *moods;             /* by column, each a run of `room` */
  const int64_t *clause;          /* of each mention */
  const double *judging;          /* (5, POLARITIES) */
  double *logits, *doubts;        /* (mentions, POLARITIES), (mentions, 2): for neutral and for mixed; or null */
  float *sentiment;
  int8_t *polarity;
  uint8_t *sure; /* whether the second tier need not read it */
} Mood;

typedef struct { /* eight mentions: what is felt in the clause of each, and in its sentence */
  double up[EIGHT], down[EIGHT], opinion[EIGHT], size[EIGHT], own[EIGHT], felt[EIGHT], mass[EIGHT], words[EIGHT];
  float echo[LANES];
} Felt;

INLINE float above(float number) { return number > 0 ? number : 0; }

typedef struct { /* what a sentence sums up to, kept for the clauses beside */
  int32_t last;
  double felt, mass, words;
} Around;

INLINE void sum_up(const Mood *mood, Around *around, int64_t clause) {
  const float *good = mood->moods, *bad = good + mood->room;
  *around = (Around){mood->sentence[clause], 0, 0, 0};
  while (clause && mood->sentence[clause - 1] == around->last) clause--;
  for (; clause < mood->clauses && mood->sentence[clause] == around->last; clause++) {
    around->felt += above(good[clause]) - above(bad[clause]);
    around->mass += above(good[clause]) + above(bad[clause]);
    around->words += mood->size[clause];
  }
}

INLINE void collect(const Mood *mood, Felt *felt, Around *around, int64_t begin, int64_t count) {
  const float *good = mood->moods, *bad = good + mood->room, *opinion = bad + mood->room;
  for (int64_t place = 0; place < EIGHT; place++) { /* fewer than eight: the last again */
    int64_t clause = mood->clause[begin + (place < count ? place : count - 1)];
    if (mood->sentence[clause] != around->last) sum_up(mood, around, clause);
    float up = above(good[clause]), down = above(bad[clause]);
    felt->up[place] = up, felt->down[place] = down, felt->own[place] = up - down, felt->echo[place] = -2.0f * (up + down);
    felt->felt[place] = around->felt, felt->mass[place] = around->mass;
    felt->words[place] = around->words, felt->size[place] = mood->size[clause], felt->opinion[place] = opinion[clause];
  }
  for (int64_t place = EIGHT; place < LANES; place++) felt->echo[place] = 0;
  exponential(felt->echo, LANES);
}

INLINE Eight load(const double *from) {
  Eight held;
  memcpy(&held, from, sizeof held);
  return held;
}

/* `e` to each logit less the greatest, and the sum. */
INLINE Eight together(const Eight *logits, Eight *grown) {
  Eight most = larger(larger(logits[0], logits[1]), larger(logits[2], logits[3]));
  for (int each = 0; each < POLARITIES; each++) grown[each] = exponential_64(logits[each] - most);
  return grown[0] + grown[1] + grown[2] + grown[3];
}

/* The logits of the first tier, as in reading.py. */
INLINE void first_tier(const Mood *mood, const Felt *felt, Eight *logits) {
  Eight one = all(1), long_root = root(larger(load(felt->size), one)), own = load(felt->own), echo;
  for (int lane = 0; lane < EIGHT; lane++) echo[lane] = felt->echo[lane];
  Eight lean = own / long_root + 0.8 * (load(felt->felt) - own) / root(larger(load(felt->words), one)) * echo;
  float leans[EIGHT];
  for (int lane = 0; lane < EIGHT; lane++) leans[lane] = (float)lean[lane];
  for (int lane = 0; lane < EIGHT; lane++) lean[lane] = leans[lane];
  lean = smaller(larger(lean, all(-3)), all(3));
  Eight said[5] = {one, lean, larger(lean, -lean),
                   smaller(load(felt->up) / long_root, load(felt->down) / long_root),
                   smaller(larger(load(felt->opinion) / long_root, all(-4)), all(4))};
  for (int each = 0; each < POLARITIES; each++) {
    logits[each] = all(0);
    for (int row = 0; row < 5; row++) logits[each] += said[row] * mood->judging[row * POLARITIES + each];
  }
}

/* What speaks for neutral and for mixed. */
INLINE void doubt(const Felt *felt, Eight *doubts) {
  Eight long_root = root(larger(load(felt->size), all(1))), up = load(felt->up), down = load(felt->down);
  Eight believed = 1 / (1 + exponential_64(-1.5 * (load(felt->opinion) / long_root + 1.0)));
  Eight loud = 1 - exponential_64(-1.5 * load(felt->mass)), less = smaller(up, down), more = larger(up, down);
  doubts[0] = -0.5 * logarithm(larger(believed * loud, all(0.02)));
  doubts[1] = chosen((less > 0.85 * more) & (less > 0.8), all(2.5), all(0));
}

/* Sentiment and polarity of clauses by the first tier, and whether it is sure: the steps of reading.py. */
INLINE int feel_all(const Mood *mood) {
  Felt felt;
  Around around = {-1, 0, 0, 0};
  for (int64_t begin = 0; begin < mood->mentions; begin += EIGHT) {
    int64_t count = mood->mentions - begin < EIGHT ? mood->mentions - begin : EIGHT;
    Eight logits[POLARITIES], grown[POLARITIES], doubts[2], found = all(0);
    collect(mood, &felt, &around, begin, count);
    first_tier(mood, &felt, logits);
    doubt(&felt, doubts);
    for (int64_t place = 0; mood->logits && place < count; place++) {
      for (int each = 0; each < POLARITIES; each++) mood->logits[(begin + place) * POLARITIES + each] = logits[each][place];
      for (int each = 0; each < 2; each++) mood->doubts[(begin + place) * 2 + each] = doubts[each][place];
    }
    Eight sure = 1 / together(logits, grown);
    logits[1] += doubts[0], logits[3] += doubts[1];
    Eight total = together(logits, grown), best = all(-1);
    for (int each = 0; each < POLARITIES; each++) {
      grown[each] /= total;
      found = chosen(grown[each] > best, all(each), found);
      best = larger(grown[each], best);
    }
    Eight sentiment = grown[2] - grown[0];
    for (int64_t place = 0; place < count; place++) {
      mood->sentiment[begin + place] = (float)sentiment[place];
      mood->polarity[begin + place] = (int8_t)found[place];
      mood->sure[begin + place] = sure[place] >= 0.34;
    }
  }
  return 0;
}

typedef struct {
  int64_t rows, columns, curves;
  const float *evidence;          /* (rows, columns) */
  const int32_t *column;          /* which each curve is of */
  const float *slope, *middle;    /* of each curve */
  float *answer;                  /* (rows, curves) */
} Curves;

INLINE Lane within(Lane numbers, float most) {
  Flag below = numbers < -most, beyond = numbers > most;
  Lane bound = (Lane)(((Flag)((Lane){0} + most) & beyond) | ((Flag)((Lane){0} - most) & below));
  return (Lane)(((Flag)numbers & ~(below | beyond)) | (Flag)bound);
}

/* Probabilities of columns of evidence, some rows of a column at a time. */
INLINE int curve_all(const Curves *curves) {
  for (int64_t row = 0; row < curves->rows; row += LANES)
    for (int64_t curve = 0; curve < curves->curves; curve++) {
      const float *from = curves->evidence + row * curves->columns + curves->column[curve];
      float *to = curves->answer + row * curves->curves + curve;
      int64_t count = curves->rows - row < LANES ? curves->rows - row : LANES;
      Lane held = {0};
      if (count == LANES)
        for (int lane = 0; lane < LANES; lane++) held[lane] = from[lane * curves->columns];
      else
        for (int lane = 0; lane < count; lane++) held[lane] = from[lane * curves->columns];
      held = 1 / (exponential_of(-within(curves->slope[curve] * (held - curves->middle[curve]), 30)) + 1);
      if (count == LANES)
        for (int lane = 0; lane < LANES; lane++) to[lane * curves->curves] = held[lane];
      else
        for (int lane = 0; lane < count; lane++) to[lane * curves->curves] = held[lane];
    }
  return 0;
}

/* Most taxonomies fit into one vector: for them all loops have a length known beforehand. */
INLINE int tell_all(const Told *told) {
  int64_t width = (told->chosen + LANES) / LANES * LANES;
  return width == LANES ? tell_wide(told, LANES) : tell_wide(told, width);
}

typedef struct {
  int64_t rows, width, heads, windows;
  const float *states;   /* (rows, width) */
  const double *weight;  /* (rows, heads) */
  const int64_t *starts; /* the first row of each window */
  double *answer;        /* (windows, heads, width), which begins as zeros */
} Attention;

/* The states of each window by weight, added up. */
INLINE int attend_all(const Attention *attention) {
  int64_t width = attention->width;
  for (int64_t window = 0; window < attention->windows; window++) {
    int64_t stop = window + 1 < attention->windows ? attention->starts[window + 1] : attention->rows;
    for (int64_t row = attention->starts[window]; row < stop; row++)
      for (int64_t head = 0; head < attention->heads; head++) {
        double weight = attention->weight[row * attention->heads + head];
        double *answer = attention->answer + (window * attention->heads + head) * width;
        const float *state = attention->states + row * width;
        for (int64_t column = 0; column < width; column++) answer[column] += state[column] * weight;
      }
  }
  return 0;
}

typedef struct {
  int64_t words, marks, first, shift, filter_shift;
  const uint64_t *keys, *telling; /* hashes of words, and of words that tell languages */
  const int32_t *rows;            /* of each word, counted from `first` on */
  const uint8_t *flags;           /* of each word that tells languages */
  Entry *entries;                 /* zeros; behind the last beginning of a hash is room for all words */
  uint64_t *filter;               /* zeros */
} Index;

/* Where a hash stands, or is to stand. */
INLINE Entry *slot(const Index *index, uint64_t key) {
  Entry *entry = index->entries + (key >> index->shift);
  while (entry->key && entry->key != key) entry++;
  return entry;
}

/* Lays out words to be looked up by hash; 0 is no hash, and where a hash is given twice, its first row holds. */
INLINE int index_all(const Index *index) {
  Entry *end = index->entries + ((uint64_t)1 << (64 - index->shift));
  for (Entry *entry = index->entries; entry < end; entry++) entry->word = -1;
  for (int64_t word = 0; word < index->words; word++) {
    uint64_t key = index->keys[word], bit = key >> index->filter_shift;
    Entry *entry = slot(index, key);
    if (!key || entry->key) continue;
    *entry = (Entry){key, (int32_t)index->first + index->rows[word], 0};
    index->filter[bit / 64] |= (uint64_t)1 << bit % 64;
  }
  for (int64_t mark = 0; mark < index->marks; mark++) {
    Entry *entry = slot(index, index->telling[mark]);
    if (!index->telling[mark] || entry->steer) continue;
    if (!entry->key) *entry = (Entry){index->telling[mark], -1, 0}; /* no word */
    entry->steer = (uint32_t)(mark + 1) | (uint32_t)index->flags[mark] << 24;
  }
  while (end->key) end++;
  end->word = -1; /* every search ends here */
  return 0;
}

typedef struct {
  int64_t words, stride, width, cues, touchpoints;
  const int8_t *rows;   /* of all words, a run of `stride` each, of which `width` count */
  const float *own;     /* (cues, width): the rows of the cues */
  const float *length;  /* of each cue */
  const int32_t *owner; /* the touchpoint of each cue */
  float *lent;          /* (words, touchpoints) */
} Lending;

enum { BESIDE = 4 }; /* cues that are multiplied at a time */

/* The products of some cues with BLOCK words. All are whole numbers and every sum is exact, as in `convolve`. */
INLINE void multiply(const Lending *lending, const float *words, int64_t cue, int64_t count, Worth *sums) {
#if defined(__clang__)
#pragma clang fp contract(fast)
#endif
  const float *own[BESIDE];
  Worth held[BESIDE] = {{0}}, word;
  for (int64_t each = 0; each < BESIDE; each++) own[each] = lending->own + (cue + (each < count ? each : 0)) * lending->width;
  for (int64_t place = 0; place < lending->width; place++) {
    memcpy(&word, words + place * BLOCK, sizeof word);
    for (int64_t each = 0; each < BESIDE; each++) held[each] += word * own[each][place];
  }
  memcpy(sums, held, sizeof held);
}

/* What words lend touchpoints by their likeness to the touchpoints' cues; -1 where there is no memory. */
INLINE int lend_all(const Lending *lending) {
  static const float NEAR_ENOUGH = 0.52f, FROM_THERE = (float)(0.80 - 0.52), OF_BEST = 0.8f, LENT = 0.75f;
  size_t width = (size_t)lending->width, many = (size_t)lending->touchpoints;
  float *held = malloc((width + many) * BLOCK * sizeof(float) + WIDE);
  if (!held) return -1;
  float *words = (float *)(((uintptr_t)held + WIDE - 1) / WIDE * WIDE), *likeness = words + width * BLOCK;
  for (int64_t begin = 0; begin < lending->words; begin += BLOCK) {
    int64_t count = lending->words - begin < BLOCK ? lending->words - begin : BLOCK;
    float length[BLOCK] = {0}, best[BLOCK] = {0};
    for (int64_t word = 0; word < BLOCK; word++) { /* fewer than a block: the last again */
      const int8_t *row = lending->rows + (begin + (word < count ? word : count - 1)) * lending->stride;
      for (size_t place = 0; place < width; place++) words[place * BLOCK + (size_t)word] = row[place];
    }
    for (size_t place = 0; place < width; place++)
      for (int64_t word = 0; word < BLOCK; word++) length[word] += words[place * BLOCK + (size_t)word] * words[place * BLOCK + (size_t)word];
    for (int64_t word = 0; word < BLOCK; word++) length[word] = length[word] > 0 ? sqrtf(length[word]) : 1e-9f;
    for (size_t place = 0; place < many * BLOCK; place++) likeness[place] = -1e30f;
    for (int64_t cue = 0; cue < lending->cues; cue += BESIDE) {
      int64_t beside = lending->cues - cue < BESIDE ? lending->cues - cue : BESIDE;
      float sums[BESIDE][BLOCK];
      multiply(lending, words, cue, beside, (Worth *)sums);
      for (int64_t each = 0; each < beside; each++) {
        float *most = likeness + lending->owner[cue + each] * BLOCK, size = lending->length[cue + each];
        for (int64_t word = 0; word < BLOCK; word++) {
          float like = sums[each][word] / size;
          most[word] = like > most[word] ? like : most[word];
        }
      }
    }
    for (size_t touchpoint = 0; touchpoint < many; touchpoint++)
      for (int64_t word = 0; word < BLOCK; word++) {
        float like = likeness[touchpoint * BLOCK + (size_t)word] / length[word];
        like = between((like - NEAR_ENOUGH) / FROM_THERE, 0, 1);
        likeness[touchpoint * BLOCK + (size_t)word] = like;
        best[word] = like > best[word] ? like : best[word];
      }
    for (int64_t word = 0; word < count; word++)
      for (size_t touchpoint = 0; touchpoint < many; touchpoint++) {
        float like = likeness[touchpoint * BLOCK + (size_t)word];
        lending->lent[(size_t)(begin + word) * many + touchpoint] = like >= OF_BEST * best[word] ? like * LENT : 0;
      }
  }
  free(held);
  return 0;
}

typedef struct {
  int64_t texts;
  const uint8_t *data;    /* zeros stand between texts, and eight after the last */
  const int64_t *offsets; /* of each text, and the end of the last */
  const int8_t *weights;  /* of each sequence, by STYLE_BITS of its hash */
  int64_t *total, *count;
} Style;

enum { STYLE_BITS = 18, SEQUENCE = 8 };

/* For each text the sum of the weights of the sequences that occur in it, each once, and how many do: the steps of
 * style.py; -1 where there is no memory. */
INLINE int style_all(const Style *style) {
  static const uint8_t wanted[SEQUENCE + 1] = {0, 0, 1, 1, 1, 1, 0, 0, 1};
  size_t keys = (size_t)1 << STYLE_BITS;
  uint8_t *seen = calloc(keys, 1 + sizeof(uint32_t));
  if (!seen) return -1;
  uint32_t *met = (uint32_t *)(seen + keys);
  for (int64_t text = 0; text < style->texts; text++) {
    int64_t total = 0, count = 0;
    for (int64_t place = style->offsets[text]; place < style->offsets[text + 1]; place++) {
      uint64_t held = 0;
      for (int64_t size = 1; size <= SEQUENCE && style->data[place + size - 1]; size++) {
        held = held << 8 | style->data[place + size - 1];
        if (!wanted[size]) continue;
        uint64_t key = mix(held + (uint64_t)size) >> (64 - STYLE_BITS);
        if (seen[key]) continue;
        seen[key] = 1, met[count++] = (uint32_t)key, total += style->weights[key];
      }
    }
    style->total[text] = total, style->count[text] = count;
    while (count) seen[met[--count]] = 0;
  }
  free(seen);
  return 0;
}

#define READ(name, attributes)                                                                                     \
  attributes static int name(const Lexicon *lexicon, const uint8_t *data, const int64_t *offsets, int64_t texts,   \
                             Found *found) {                                                                       \
    return read_all(lexicon, data, offsets, texts, found);                                                             \
  }

/* One step for a kind of processor. */
#define FORM(name, facts, all, attributes) \
  attributes static int name(const facts *held) { return all(held); }

READ(read_anywhere, )
#if defined(__x86_64__)
#include <cpuid.h>
#define SMALL __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define LARGE __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi,bmi2,lzcnt,popcnt")))
READ(read_avx2, SMALL)
READ(read_avx512, LARGE)

/* 2 with AVX-512 (foundation, bytes and words, double and quad words, vector length), 1 with AVX2, else 0. */
static int width(void) {
  unsigned a, b, c, d, low, high;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 6) != 6 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  unsigned small = bit_AVX2 | bit_BMI | bit_BMI2, wide = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
  if ((b & small) != small) return 0;
  return (b & wide) == wide && (low & 0xE0) == 0xE0 ? 2 : 1;
}
#endif

/* `most` limits how wide the vectors may be (0 to 2), so that tests reach every form. */
PUBLIC int touchstone_read(const Lexicon *lexicon, const uint8_t *data, const int64_t *offsets, int64_t texts,
                           Found *found, int most) {
#if defined(__x86_64__)
  int best = width();
  if (best > most) best = most;
  if (best == 2) return read_avx512(lexicon, data, offsets, texts, found);
  if (best == 1) return read_avx2(lexicon, data, offsets, texts, found);
#endif
  (void)most;
  return read_anywhere(lexicon, data, offsets, texts, found);
}

/* The other steps, each as `touchstone_NAME`. */
#if defined(__x86_64__)
#define PUBLISH(name, facts)                                                                                      \
  FORM(name##_anywhere, facts, name##_all, )                                                                      \
  FORM(name##_avx2, facts, name##_all, SMALL)                                                                     \
  FORM(name##_avx512, facts, name##_all, LARGE)                                                                   \
  PUBLIC int touchstone_##name(const facts *held, int most) {                                                     \
    int best = width() < most ? width() : most;                                                                   \
    return best == 2 ? name##_avx512(held) : best == 1 ? name##_avx2(held) : name##_anywhere(held);                 \
  }
#else
#define PUBLISH(name, facts)                                                                                      \
  PUBLIC int touchstone_##name(const facts *held, int most) {                                                     \
    (void)most;                                                                                                    \
    return name##_all(held);                                                                                       \
  }
#endif

PUBLISH(tell, Told)
PUBLISH(layer, Layer)
PUBLISH(attend, Attention)
PUBLISH(feel, Mood)
PUBLISH(curve, Curves)
PUBLISH(index, Index)
PUBLISH(lend, Lending)
PUBLISH(style, Style)

/* The hash of the source this was built from: Python uses no library of another. */
PUBLIC const char *touchstone_source(void) { return SOURCE; }
