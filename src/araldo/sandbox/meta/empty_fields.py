"""Fields that Graph has and that are always empty in the sandbox: left out when requested, without an error.

Edges are included when nothing can create what they would list. What Graph would fill in the same world (insights,
mentions) is not included: it is refused as not emulated.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


USER = _words(
    """about age_range birthday email gender hometown installed is_guest_user languages link locale location
    middle_name name_format quotes short_name significant_other timezone updated_time verified website
    id_for_avatars payment_pricepoints supports_donate_button_in_live_video video_upload_limits"""
)

BUSINESS = _words(
    """block_offline_analytics created_by created_time extended_updated_time is_hidden link payment_account_id
    primary_page profile_picture_uri timezone_id two_factor_type updated_by updated_time user_access_expire_time
    verification_status vertical vertical_id"""
)

APP = _words(
    """app_domains app_type company contact_email description icon_url logo_url namespace privacy_policy_url
    subcategory supported_platforms terms_of_service_url website_url"""
)

PAGE = _words(
    """about ad_campaign affiliation app_id artists_we_like attire available_promo_offer_ids awards band_interests
    band_members best_page bio birthday booking_agent breaking_news_usage built business
    can_checkin can_post category_hidden checkins company_overview connected_page_backed_instagram_account
    contact_address country_page_likes cover culinary_team current_location delivery_and_pickup_option_info
    description description_html directed_by display_subtext displayed_message_response_time
    does_viewer_have_page_permission_link_ig emails engagement featured_video features followers_count_hidden
    food_styles founded general_info general_manager genre global_brand_page_name global_brand_root_id
    has_added_app has_lead_access has_whatsapp_business_number has_whatsapp_number hometown hours impressum
    influences instant_articles_review_status is_always_open is_chain is_community_page is_eligible_for_branded_content
    is_messenger_bot_get_started_enabled is_messenger_platform_bot is_remote_id_owned is_permanently_closed
    is_unclaimed is_verified is_webhooks_subscribed keywords leadgen_tos_accepted location
    merchant_id merchant_review_status messaging_feature_status messenger_ads_default_icebreakers mission mpg
    network new_like_count overall_star_rating owner_business page_token parent_page parking payment_options
    personal_info personal_interests pharma_safety_info phone pickup_options place_type plot_outline preferred_audience
    press_contact price_range privacy_info_url produced_by products promotion_eligible promotion_ineligible_reason
    public_transit rating_count recipient record_label release_date restaurant_services restaurant_specialties
    schedule screenplay_by season single_line_address starring start_info store_code store_location_descriptor
    store_number studio supports_donate_button_in_live_video talking_about_count temporary_status
    unread_message_count unread_notif_count unseen_message_count user_access_expire_time
    voip_info website were_here_count whatsapp_number written_by"""
)
PAGE_EDGES = _words(
    """page_backed_instagram_accounts videos video_reels events albums ratings conversations tagged visitor_posts
    leadgen_forms live_videos locations milestones"""
)

POST = _words(
    """actions admin_creator allowed_advertising_objectives backdated_time call_to_action can_reply_privately caption
    child_attachments comments_mirroring_domain coordinates description event expanded_height expanded_width
    feed_targeting height icon implicit_place instagram_eligibility is_eligible_for_promotion is_expired
    is_inline_created is_instagram_eligible is_popular is_spherical message_tags multi_share_end_card
    multi_share_optimized name object_id parent_id place privacy promotable_id properties source
    story_tags target targeting timeline_visibility type via video_buying_eligibility width with_tags shares"""
)
POST_EDGES = _words("sharedposts dynamic_posts sponsor_tags to")

PHOTO = _words(
    """album backdated_time backdated_time_granularity can_backdate can_delete can_tag event icon name_tags
    place position target webp_images"""
)
PHOTO_EDGES = _words("tags sponsor_tags sharedposts")

ACCOUNT = _words(
    """biography has_profile_pic is_published legacy_instagram_user_id owner_business
    shopping_product_tag_eligibility shopping_review_status website business_messaging_feature_status"""
)
ACCOUNT_EDGES = _words("tags live_media catalogs")

CONTAINER = frozenset(["video_status"])

MEDIA = _words(
    """boost_ads_list boost_eligibility_info copyright_check_information filter_name is_shared_to_feed
    legacy_instagram_media_id shares_count view_count thumbnail_url boosts_count location_id total_comments_count
    total_like_count total_view_count"""
)
MEDIA_EDGES = _words("product_tags collaborators")
